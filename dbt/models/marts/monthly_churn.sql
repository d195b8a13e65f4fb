-- Grain: one month with an active customer.
-- Churned customers are not active in the next month. Null until the next month is complete.
-- Written by `salesetl analytics`.
with with_next_month as (
    select
        customer_id,
        order_month_start,
        lead(order_month_start)
            over (partition by customer_id order by order_month_start)
            as next_active_month_start
    from {{ ref('customer_months') }}
),

customers as (
    select
        order_month_start,
        count(*) as active_customers,
        count(*) filter (
            where date_diff('month', order_month_start, next_active_month_start) = 1
        ) as kept_customers
    from with_next_month
    group by order_month_start
),

settled as (
    select
        customers.order_month_start,
        customers.active_customers,
        order_months.is_complete_month,
        case
            when next_month.is_complete_month
                then customers.active_customers - customers.kept_customers
        end as churned_customers
    from customers
    inner join {{ ref('order_months') }}
        on customers.order_month_start = order_months.order_month_start
    left join {{ ref('order_months') }} as next_month
        on
            customers.order_month_start + interval '1' month
            = next_month.order_month_start
),

-- Rounded half up with integers: docs/decisions/0010.
rounded as (
    select
        *,
        2000000 * churned_customers
        + active_customers
        - mod(
            2000000 * churned_customers + active_customers, 2 * active_customers
        ) as dividend
    from settled
),

divided as (
    select
        *,
        cast(dividend / (2 * active_customers) as decimal(38, 0)) as rate_millionths
    from rounded
)

select
    order_month_start,
    active_customers,
    churned_customers,
    cast(rate_millionths * 0.000001 as decimal(9, 6)) as churn_rate,
    is_complete_month
from divided
