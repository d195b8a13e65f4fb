-- Net revenue, transactions and revenue a transaction of each region.
with regions as (
    select
        region,
        sum(total_revenue) as total_revenue,
        sum(transaction_count) as transaction_count
    from sales_summary
    group by region
),

divided as (
    select
        *,
        cast(
            cast(total_revenue as decimal(38, 8)) / transaction_count as decimal(38, 8)
        ) as avg_transaction_value
    from regions
)

select
    region,
    cast(total_revenue as decimal(38, 2)) as total_revenue,
    cast(transaction_count as bigint) as transaction_count,
    cast(avg_transaction_value as decimal(18, 2)) as avg_transaction_value
from divided
order by total_revenue desc, region
