-- Grain: one sale.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists shop_staging.fact_sales (
    order_id varchar,
    user_id varchar,
    product_id varchar,
    quantity decimal(10,0),
    unit_price decimal(12,4),
    total_amount decimal(18,2),
    payment_type varchar,
    order_time timestamp_ntz,
    sale_date date,
    source_file varchar
)
