-- Ended months in which not every customer with a paid order is active, or is one of a cohort's.
with as_of as (
    select max(order_date) as as_of_date
    from {{ ref('stg_orders') }}
),

buyers as (
    select
        orders.order_month_start,
        count(distinct orders.customer_id) as active_customers
    from {{ ref('stg_orders') }} as orders
    cross join as_of
    where
        orders.is_paid
        and orders.order_month_start + interval '1' month
        <= as_of.as_of_date + interval '1' day
    group by orders.order_month_start
),

months as (
    select
        active.order_month_start,
        active.active_customers
    from {{ ref('monthly_active_customers') }} as active
    cross join as_of
    where
        active.order_month_start + interval '1' month
        <= as_of.as_of_date + interval '1' day
),

retained as (
    select
        cast(
            cohort_month + months_since_cohort * interval '1' month as date
        ) as order_month_start,
        sum(active_customers) as active_customers
    from {{ ref('cohort_retention') }}
    group by cohort_month + months_since_cohort * interval '1' month
)

select
    coalesce(
        buyers.order_month_start, months.order_month_start, retained.order_month_start
    ) as order_month_start,
    buyers.active_customers as buyers,
    months.active_customers,
    retained.active_customers as retained_customers
from buyers
full join months
    on buyers.order_month_start = months.order_month_start
full join retained
    on
        coalesce(buyers.order_month_start, months.order_month_start)
        = retained.order_month_start
where
    coalesce(buyers.active_customers, 0) <> coalesce(months.active_customers, 0)
    or coalesce(buyers.active_customers, 0) <> coalesce(retained.active_customers, 0)
