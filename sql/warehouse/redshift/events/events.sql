-- Grain: one event.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists events_staging.events (
    event_id varchar(65535),
    event_type varchar(65535),
    session_id varchar(65535),
    event_timestamp timestamp,
    customer_id varchar(65535),
    customer_name varchar(65535),
    customer_email varchar(65535),
    customer_country varchar(65535),
    channel varchar(65535),
    device varchar(65535),
    product_id varchar(65535),
    product_name varchar(65535),
    product_category varchar(65535),
    product_price decimal(12,4),
    order_id varchar(65535),
    order_status varchar(65535),
    order_subtotal decimal(18,2),
    order_tax decimal(18,2),
    order_shipping decimal(18,2),
    order_total decimal(18,2),
    currency varchar(65535),
    event_data varchar(65535),
    source_file varchar(65535),
    file_row_number integer,
    loaded_at timestamp,
    event_date date
)
diststyle key
distkey (event_id)
sortkey (event_date)
