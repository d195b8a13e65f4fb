-- Grain: one product as delivered on a day.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists retail_staging.products (
    product_id varchar,
    product_name varchar,
    category varchar,
    price decimal(12,4),
    stock_quantity decimal(10,0),
    source_file varchar,
    delivered_on date
)
