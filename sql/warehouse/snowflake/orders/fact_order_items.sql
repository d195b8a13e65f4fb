-- Grain: one line of an order.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists orders_staging.fact_order_items (
    order_id varchar,
    line_number decimal(10,0),
    order_date date,
    currency varchar,
    product_id varchar,
    category varchar,
    quantity decimal(10,0),
    unit_price decimal(12,4),
    line_total decimal(18,2),
    order_year varchar,
    order_month varchar
)
