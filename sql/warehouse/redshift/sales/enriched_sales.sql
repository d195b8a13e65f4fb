-- Grain: one sale.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists sales_staging.enriched_sales (
    transaction_id varchar(65535),
    date date,
    customer_id varchar(65535),
    product varchar(65535),
    quantity decimal(12,3),
    unit_price decimal(12,4),
    region varchar(65535),
    total_amount decimal(18,2),
    currency varchar(65535),
    discount_amount decimal(18,2),
    tax_amount decimal(18,2),
    shipping_amount decimal(18,2),
    age_group varchar(65535),
    membership_tier varchar(65535),
    signup_date date,
    is_return boolean,
    day integer,
    source_file varchar(65535),
    year integer,
    month integer
)
diststyle key
distkey (transaction_id)
sortkey (date)
