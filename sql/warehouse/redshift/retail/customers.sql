-- Grain: one customer as delivered on a day.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists retail_staging.customers (
    customer_id varchar(65535),
    first_name varchar(65535),
    last_name varchar(65535),
    email varchar(65535),
    registration_date date,
    source_file varchar(65535),
    delivered_on date
)
diststyle all
sortkey (delivered_on)
