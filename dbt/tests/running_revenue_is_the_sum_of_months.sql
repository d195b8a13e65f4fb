-- Months whose running revenue is not that of all paid orders of the currency up to their end, and
-- months with an order that have none.
with months as (
    select distinct
        order_month_start,
        currency
    from {{ ref('stg_orders') }}
),

paid_orders as (
    select
        months.order_month_start,
        months.currency,
        coalesce(sum(orders.order_total), 0) as revenue
    from months
    left join {{ ref('stg_orders') }} as orders
        on
            months.currency = orders.currency
            and months.order_month_start >= orders.order_month_start
            and orders.is_paid
    group by months.order_month_start, months.currency
)

select
    coalesce(
        paid_orders.order_month_start, revenue_mom.order_month_start
    ) as order_month_start,
    coalesce(paid_orders.currency, revenue_mom.currency) as currency,
    paid_orders.revenue,
    revenue_mom.running_revenue
from paid_orders
full join {{ ref('revenue_mom') }}
    on
        paid_orders.order_month_start = revenue_mom.order_month_start
        and paid_orders.currency = revenue_mom.currency
where paid_orders.revenue is distinct from revenue_mom.running_revenue
