-- Grain: one month × currency with an order.
-- Change and growth are null if the month or the month before is incomplete, or if the month before
-- has no orders. Growth is also null after a month without revenue.
-- Running revenue adds up all months of the currency so far.
-- Written by `salesetl analytics`.
create or replace view revenue_mom as
with with_previous_month as (
    select
        order_month_start,
        currency,
        revenue,
        is_complete_month,
        lag(order_month_start)
            over (partition by currency order by order_month_start)
            as previous_month_start,
        lag(is_complete_month)
            over (partition by currency order by order_month_start)
            as is_previous_complete,
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
    from monthly_revenue
),

compared as (
    select
        *,
        case
            when
                is_complete_month
                and is_previous_complete
                and date_diff('month', previous_month_start, order_month_start) = 1
                then previous_revenue
        end as compared_revenue
    from with_previous_month
),

changed as (
    select
        *,
        revenue - compared_revenue as revenue_change,
        2 * nullif(compared_revenue, 0) as divisor,
        2000000 * abs(revenue - compared_revenue) + compared_revenue as doubled
    from compared
),

-- Rounded half up with integers: docs/decisions/0010.
rounded as (
    select
        *,
        doubled - mod(doubled, divisor) as dividend
    from changed
),

divided as (
    select
        *,
        cast(dividend / divisor as decimal(38, 0)) as near_millionths
    from rounded
),

grown as (
    select
        *,
        case when revenue_change < 0 then -1 else 1 end
        * (
            near_millionths
            + cast((dividend - near_millionths * divisor) / divisor as decimal(38, 0))
        ) as growth_millionths
    from divided
)

select
    order_month_start,
    currency,
    revenue,
    cast(revenue_change as decimal(38, 2)) as revenue_change,
    cast(growth_millionths * 0.000001 as decimal(38, 6)) as revenue_growth_rate,
    cast(running_revenue as decimal(38, 2)) as running_revenue,
    is_complete_month
from grown
