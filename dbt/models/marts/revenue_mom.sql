-- Grain: one month × currency with an order.
-- Change and growth are null in an incomplete month and after a month without orders, and growth
-- after a month without revenue. Running revenue is that of all months of the currency so far.
with with_previous_month as (
    select
        order_month_start,
        currency,
        revenue,
        is_complete_month,
        lag(order_month_start)
            over (partition by currency order by order_month_start)
            as previous_month_start,
        lag(revenue)
            over (partition by currency order by order_month_start)
            as previous_revenue,
        sum(revenue)
            over (
                partition by currency
                order by order_month_start
                rows between unbounded preceding and current row
            )
            as running_revenue
    from {{ ref('monthly_revenue') }}
),

compared as (
    select
        *,
        case
            when
                is_complete_month
                and date_diff('month', previous_month_start, order_month_start) = 1
                then previous_revenue
        end as compared_revenue
    from with_previous_month
),

grown as (
    select
        *,
        revenue - compared_revenue as revenue_change,
        cast(
            cast(revenue - compared_revenue as decimal(38, 8))
            / nullif(compared_revenue, 0) as decimal(38, 8)
        ) as revenue_growth_rate
    from compared
)

select
    order_month_start,
    currency,
    revenue,
    cast(revenue_change as decimal(38, 2)) as revenue_change,
    cast(revenue_growth_rate as decimal(18, 6)) as revenue_growth_rate,
    cast(running_revenue as decimal(38, 2)) as running_revenue,
    is_complete_month
from grown
