-- Grain: one line of an order, as its last delivery has it.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists retail_staging.order_lines (
    order_id varchar,
    line_number decimal(10,0),
    customer_id varchar,
    product_id varchar,
    order_date date,
    quantity decimal(10,0),
    unit_price decimal(12,4),
    total_amount decimal(18,2),
    delivered_on date,
    source_file varchar,
    year decimal(10,0),
    month decimal(10,0)
)
