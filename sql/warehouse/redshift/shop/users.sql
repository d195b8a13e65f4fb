-- Grain: one user.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists shop_staging.users (
    user_id varchar(65535),
    name varchar(65535),
    phone_number varchar(65535),
    city varchar(65535),
    source_file varchar(65535)
)
diststyle all
