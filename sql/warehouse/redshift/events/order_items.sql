-- Grain: one line of an order, as an event has it.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists events_staging.order_items (
    event_id varchar(65535),
    order_id varchar(65535),
    line_number integer,
    product_id varchar(65535),
    product_name varchar(65535),
    category varchar(65535),
    quantity integer,
    unit_price decimal(12,4),
    line_total decimal(18,2),
    currency varchar(65535),
    loaded_at timestamp,
    event_date date
)
diststyle key
distkey (event_id)
sortkey (event_date)
