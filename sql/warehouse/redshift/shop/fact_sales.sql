-- Grain: one sale.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists shop_staging.fact_sales (
    order_id varchar(65535),
    user_id varchar(65535),
    product_id varchar(65535),
    quantity integer,
    unit_price decimal(12,4),
    total_amount decimal(18,2),
    payment_type varchar(65535),
    order_time timestamp,
    sale_date date,
    source_file varchar(65535)
)
diststyle key
distkey (order_id)
sortkey (sale_date)
