-- Grain: one rejected row of a delivery of products.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists retail_staging.rejected_products (
    product_id varchar,
    delivered_on date,
    source_file varchar
)
