-- The 20 pairs of region and product with the largest net revenue of each currency.
with pairs as (
    select
        currency,
        region,
        product,
        cast(sum(total_revenue) as decimal(38, 2)) as total_revenue,
        cast(sum(transaction_count) as bigint) as transaction_count,
        cast(sum(units_sold) as decimal(38, 3)) as units_sold
    from sales_summary
    group by currency, region, product
),

ranked as (
    select
        *,
        row_number() over (
            partition by currency
            order by total_revenue desc, region asc, product asc
        ) as place
    from pairs
)

select
    currency,
    region,
    product,
    total_revenue,
    transaction_count,
    units_sold
from ranked
where place <= 20
order by currency, place
