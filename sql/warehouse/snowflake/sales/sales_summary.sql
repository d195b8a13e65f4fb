-- Grain: one currency × region × product × year × month.
-- Made from its contract by `make docs`; `salesetl warehouse load` makes the table so.
create table if not exists sales_staging.sales_summary (
    currency varchar,
    region varchar,
    product varchar,
    total_revenue decimal(38,2),
    transaction_count decimal(19,0),
    avg_transaction_value decimal(18,2),
    units_sold decimal(38,3),
    return_amount decimal(38,2),
    discount_amount decimal(38,2),
    tax_amount decimal(38,2),
    shipping_amount decimal(38,2),
    customer_count decimal(19,0),
    year decimal(10,0),
    month decimal(10,0)
)
