-- Grain: one line of an order.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists orders_staging.fact_order_items (
    order_id varchar(65535),
    line_number integer,
    order_date date,
    currency varchar(65535),
    product_id varchar(65535),
    category varchar(65535),
    quantity integer,
    unit_price decimal(12,4),
    line_total decimal(18,2),
    order_year varchar(65535),
    order_month varchar(65535)
)
diststyle key
distkey (order_id)
sortkey (order_date)
