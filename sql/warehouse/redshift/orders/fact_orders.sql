-- Grain: one order.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists orders_staging.fact_orders (
    order_id varchar(65535),
    order_timestamp timestamp,
    order_date date,
    customer_id varchar(65535),
    customer_country varchar(65535),
    customer_segment varchar(65535),
    sales_channel varchar(65535),
    payment_method varchar(65535),
    payment_status varchar(65535),
    currency varchar(65535),
    order_total decimal(18,2),
    discount_amount decimal(18,2),
    tax_amount decimal(18,2),
    shipping_amount decimal(18,2),
    refund_amount decimal(18,2),
    item_count integer,
    items_total decimal(18,2),
    source_file varchar(65535),
    order_year varchar(65535),
    order_month varchar(65535)
)
diststyle key
distkey (order_id)
sortkey (order_date)
