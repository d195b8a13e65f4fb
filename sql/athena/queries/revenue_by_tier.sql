-- Net revenue, transactions, revenue a transaction and customers of each membership tier.
with tiers as (
    select
        membership_tier,
        sum(total_amount) as total_revenue,
        count(*) as transaction_count,
        count(distinct customer_id) as customer_count
    from enriched_sales
    group by membership_tier
),

divided as (
    select
        *,
        cast(
            cast(total_revenue as decimal(38, 8)) / transaction_count as decimal(38, 8)
        ) as avg_transaction_value
    from tiers
)

select
    membership_tier,
    cast(total_revenue as decimal(38, 2)) as total_revenue,
    transaction_count,
    cast(avg_transaction_value as decimal(18, 2)) as avg_transaction_value,
    customer_count
from divided
order by total_revenue desc, membership_tier
