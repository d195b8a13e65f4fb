-- Grain: one product.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists shop_staging.products (
    product_id varchar(65535),
    product_name varchar(65535),
    category varchar(65535),
    current_price decimal(12,4),
    source_file varchar(65535)
)
diststyle all
