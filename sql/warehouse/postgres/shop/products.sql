-- Grain: one product.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists shop_staging.products (
    product_id varchar,
    product_name varchar,
    category varchar,
    current_price decimal(12,4),
    source_file varchar
)
