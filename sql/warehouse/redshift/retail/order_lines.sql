-- Grain: one line of an order, as its last delivery has it.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists retail_staging.order_lines (
    order_id varchar(65535),
    line_number integer,
    customer_id varchar(65535),
    product_id varchar(65535),
    order_date date,
    quantity integer,
    unit_price decimal(12,4),
    total_amount decimal(18,2),
    delivered_on date,
    source_file varchar(65535),
    year integer,
    month integer
)
diststyle key
distkey (order_id)
sortkey (order_date)
