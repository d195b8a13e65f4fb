-- Complete months in which not every active customer is one of some cohort's.
with retained as (
    select
        order_months.order_month_start,
        sum(cohort_retention.active_customers) as active_customers
    from {{ ref('cohort_retention') }}
    inner join {{ ref('order_months') }}
        on
            date_diff(
                'month', cohort_retention.cohort_month, order_months.order_month_start
            ) = cohort_retention.months_since_cohort
    group by order_months.order_month_start
)

select
    months.order_month_start,
    months.active_customers,
    retained.active_customers as retained_customers
from {{ ref('monthly_active_customers') }} as months
left join retained
    on months.order_month_start = retained.order_month_start
where
    months.is_complete_month
    and months.active_customers <> coalesce(retained.active_customers, 0)
