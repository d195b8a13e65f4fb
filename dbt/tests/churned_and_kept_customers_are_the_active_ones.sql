-- Months whose churned customers, and those active in the next month too, are not all active ones.
with kept as (
    select
        months.order_month_start,
        count(*) as kept_customers
    from {{ ref('customer_months') }} as months
    inner join {{ ref('customer_months') }} as next_months
        on
            months.customer_id = next_months.customer_id
            and months.order_month_start + interval '1' month
            = next_months.order_month_start
    group by months.order_month_start
)

select
    churn.order_month_start,
    churn.active_customers,
    churn.churned_customers
from {{ ref('monthly_churn') }} as churn
left join kept
    on churn.order_month_start = kept.order_month_start
where
    churn.churned_customers is not null
    and churn.churned_customers + coalesce(kept.kept_customers, 0)
    <> churn.active_customers
