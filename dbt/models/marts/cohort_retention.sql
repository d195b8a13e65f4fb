-- Grain: one cohort × ended month, from its own month on, also if no customer came back.
-- A cohort is all customers with their first paid order in the same month, which is its month 0.
-- A cohort of an incomplete month may lack customers, and some of them may not be new.
with customer_cohorts as (
    select
        customer_id,
        min(order_month_start) as cohort_month
    from {{ ref('customer_months') }}
    group by customer_id
),

cohorts as (
    select
        cohort_month,
        count(*) as cohort_size
    from customer_cohorts
    group by cohort_month
),

returned as (
    select
        customer_cohorts.cohort_month,
        customer_months.order_month_start,
        count(*) as active_customers
    from {{ ref('customer_months') }}
    inner join customer_cohorts
        on customer_months.customer_id = customer_cohorts.customer_id
    group by customer_cohorts.cohort_month, customer_months.order_month_start
),

retained as (
    select
        cohorts.cohort_month,
        order_months.order_month_start,
        cohorts.cohort_size,
        coalesce(returned.active_customers, 0) as active_customers,
        cohort_months.is_complete_month
    from cohorts
    inner join {{ ref('order_months') }} as cohort_months
        on cohorts.cohort_month = cohort_months.order_month_start
    inner join {{ ref('order_months') }}
        on cohorts.cohort_month <= order_months.order_month_start
    left join returned
        on
            cohorts.cohort_month = returned.cohort_month
            and order_months.order_month_start = returned.order_month_start
    where order_months.is_ended_month
),

-- Rounded half up with integers: docs/decisions/0010.
rounded as (
    select
        *,
        2000000 * active_customers
        + cohort_size
        - mod(2000000 * active_customers + cohort_size, 2 * cohort_size) as dividend
    from retained
),

divided as (
    select
        *,
        cast(dividend / (2 * cohort_size) as decimal(38, 0)) as rate_millionths
    from rounded
)

select
    cohort_month,
    date_diff('month', cohort_month, order_month_start) as months_since_cohort,
    cohort_size,
    active_customers,
    cast(rate_millionths * 0.000001 as decimal(9, 6)) as retention_rate,
    is_complete_month
from divided
