-- Grain: one sale.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists sales_staging.enriched_sales (
    transaction_id varchar,
    date date,
    customer_id varchar,
    product varchar,
    quantity decimal(12,3),
    unit_price decimal(12,4),
    region varchar,
    total_amount decimal(18,2),
    currency varchar,
    discount_amount decimal(18,2),
    tax_amount decimal(18,2),
    shipping_amount decimal(18,2),
    age_group varchar,
    membership_tier varchar,
    signup_date date,
    is_return boolean,
    day decimal(10,0),
    source_file varchar,
    year decimal(10,0),
    month decimal(10,0)
)
