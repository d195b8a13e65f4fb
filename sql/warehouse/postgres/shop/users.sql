-- Grain: one user.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists shop_staging.users (
    user_id varchar,
    name varchar,
    phone_number varchar,
    city varchar,
    source_file varchar
)
