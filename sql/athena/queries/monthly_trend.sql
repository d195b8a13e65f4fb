-- Net revenue, transactions, revenue per transaction and customers by currency and month.
-- A month is complete if the lake has sales from its first day (or before) to its last (or after).
with months as (
    select
        sales.currency,
        sales.year,
        sales.month,
        cast(date_trunc('month', min(sales.date)) as date) as month_start,
        sum(sales.total_amount) as total_revenue,
        count(*) as transaction_count,
        count(distinct sales.customer_id) as customer_count
    from enriched_sales as sales
    group by sales.currency, sales.year, sales.month
),

observed as (
    select
        min(sales.date) as first_date,
        max(sales.date) as last_date
    from enriched_sales as sales
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
    from months
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
    averaged.currency,
    averaged.year,
    averaged.month,
    cast(averaged.total_revenue as decimal(38, 2)) as total_revenue,
    averaged.transaction_count,
    cast(averaged.avg_cents * 0.01 as decimal(18, 2)) as avg_transaction_value,
    averaged.customer_count,
    observed.first_date <= averaged.month_start
    and averaged.month_start + interval '1' month
    <= observed.last_date + interval '1' day as is_complete_month
from averaged
cross join observed
order by averaged.currency, averaged.year, averaged.month
