-- The 20 rows of the summary with the largest net revenue of each currency.
with ranked as (
    select
        *,
        row_number() over (
            partition by currency
            order by
                total_revenue desc, year asc, month asc, region asc, product asc
        ) as place
    from sales_summary
)

select
    currency,
    region,
    product,
    year,
    month,
    total_revenue,
    transaction_count,
    avg_transaction_value,
    units_sold,
    return_amount,
    customer_count
from ranked
where place <= 20
order by currency, place
