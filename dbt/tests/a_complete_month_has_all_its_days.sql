-- Months that a mart tells to be complete though orders begin or end within them, or the other way
-- round; of a cohort it is the month of the cohort.
with observed as (
    select
        min(order_date) as first_order_date,
        max(order_date) as as_of_date
    from {{ ref('stg_orders') }}
),

told as (
    select
        order_month_start,
        is_complete_month
    from {{ ref('monthly_revenue') }}
    union all
    select
        order_month_start,
        is_complete_month
    from {{ ref('revenue_mom') }}
    union all
    select
        order_month_start,
        is_complete_month
    from {{ ref('category_sales_monthly') }}
    union all
    select
        order_month_start,
        is_complete_month
    from {{ ref('monthly_active_customers') }}
    union all
    select
        order_month_start,
        is_complete_month
    from {{ ref('monthly_churn') }}
    union all
    select
        order_month_start,
        is_complete_month
    from {{ ref('active_customers_by_country') }}
    union all
    select
        order_month_start,
        is_complete_month
    from {{ ref('engagement_by_country') }}
    union all
    select
        cohort_month as order_month_start,
        is_complete_month
    from {{ ref('cohort_retention') }}
)

select distinct
    told.order_month_start,
    told.is_complete_month
from told
cross join observed
where
    told.is_complete_month <> (
        observed.first_order_date <= told.order_month_start
        and told.order_month_start + interval '1' month
        <= observed.as_of_date + interval '1' day
    )
