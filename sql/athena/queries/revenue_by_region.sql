-- Net revenue, transactions and revenue per transaction by currency and region.
with regions as (
    select
        currency,
        region,
        sum(total_revenue) as total_revenue,
        cast(sum(transaction_count) as bigint) as transaction_count
    from sales_summary
    group by currency, region
),

-- Rounded half up with integers: docs/decisions/0010.
rounded as (
    select
        *,
        200 * abs(total_revenue)
        + transaction_count
        - mod(
            200 * abs(total_revenue) + transaction_count, 2 * transaction_count
        ) as dividend
    from regions
),

divided as (
    select
        *,
        cast(dividend / (2 * transaction_count) as decimal(38, 0)) as near_cents
    from rounded
),

averaged as (
    select
        *,
        case when total_revenue < 0 then -1 else 1 end
        * (
            near_cents
            + cast(
                (dividend - near_cents * 2 * transaction_count)
                / (2 * transaction_count) as decimal(38, 0)
            )
        ) as avg_cents
    from divided
)

select
    currency,
    region,
    cast(total_revenue as decimal(38, 2)) as total_revenue,
    transaction_count,
    cast(avg_cents * 0.01 as decimal(18, 2)) as avg_transaction_value
from averaged
order by currency, total_revenue desc, region
