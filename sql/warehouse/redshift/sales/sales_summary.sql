-- Grain: one currency × region × product × year × month.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists sales_staging.sales_summary (
    currency varchar(65535),
    region varchar(65535),
    product varchar(65535),
    total_revenue decimal(38,2),
    transaction_count bigint,
    avg_transaction_value decimal(18,2),
    units_sold decimal(38,3),
    return_amount decimal(38,2),
    discount_amount decimal(38,2),
    tax_amount decimal(38,2),
    shipping_amount decimal(38,2),
    customer_count bigint,
    year integer,
    month integer
)
diststyle all
sortkey (year, month)
