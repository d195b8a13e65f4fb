-- Grain: one product as delivered on a day.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists retail_staging.products (
    product_id varchar(65535),
    product_name varchar(65535),
    category varchar(65535),
    price decimal(12,4),
    stock_quantity integer,
    source_file varchar(65535),
    delivered_on date
)
diststyle all
sortkey (delivered_on)
