-- Net revenue, transactions and customers by currency and age group, youngest first.
with age_groups as (
    select
        currency,
        age_group,
        sum(total_amount) as total_revenue,
        count(*) as transaction_count,
        count(distinct customer_id) as customer_count
    from enriched_sales
    group by currency, age_group
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
    from age_groups
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
    age_group,
    cast(total_revenue as decimal(38, 2)) as total_revenue,
    transaction_count,
    cast(avg_cents * 0.01 as decimal(18, 2)) as avg_transaction_value,
    customer_count
from averaged
order by currency, age_group
