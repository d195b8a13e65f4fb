-- Grain: one customer as delivered on a day.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists retail_staging.customers (
    customer_id varchar,
    first_name varchar,
    last_name varchar,
    email varchar,
    registration_date date,
    source_file varchar,
    delivered_on date
)
