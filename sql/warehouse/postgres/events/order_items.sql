-- Grain: one line of an order, as an event has it.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists events_staging.order_items (
    event_id varchar,
    order_id varchar,
    line_number integer,
    product_id varchar,
    product_name varchar,
    category varchar,
    quantity integer,
    unit_price decimal(12,4),
    line_total decimal(18,2),
    currency varchar,
    loaded_at timestamp,
    event_date date
)
