-- Grain: one order.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists orders_staging.fact_orders (
    order_id varchar,
    order_timestamp timestamp_ntz,
    order_date date,
    customer_id varchar,
    customer_country varchar,
    customer_segment varchar,
    sales_channel varchar,
    payment_method varchar,
    payment_status varchar,
    currency varchar,
    order_total decimal(18,2),
    discount_amount decimal(18,2),
    tax_amount decimal(18,2),
    shipping_amount decimal(18,2),
    refund_amount decimal(18,2),
    item_count decimal(10,0),
    items_total decimal(18,2),
    source_file varchar,
    order_year varchar,
    order_month varchar
)
