-- Months that are not worth the same in paid orders, in monthly revenue and in their categories.
with paid_orders as (
    select
        order_month_start,
        currency,
        sum(order_total) as revenue
    from {{ ref('stg_orders') }}
    where is_paid
    group by order_month_start, currency
),

months as (
    select
        order_month_start,
        currency,
        revenue
    from {{ ref('monthly_revenue') }}
    where orders > 0
),

categories as (
    select
        order_month_start,
        currency,
        sum(revenue) as revenue
    from {{ ref('category_sales_monthly') }}
    group by order_month_start, currency
)

select
    coalesce(
        paid_orders.order_month_start, months.order_month_start, categories.order_month_start
    ) as order_month_start,
    coalesce(paid_orders.currency, months.currency, categories.currency) as currency,
    paid_orders.revenue as paid_revenue,
    months.revenue,
    categories.revenue as category_revenue
from paid_orders
full join months
    on
        paid_orders.order_month_start = months.order_month_start
        and paid_orders.currency = months.currency
full join categories
    on
        paid_orders.order_month_start = categories.order_month_start
        and paid_orders.currency = categories.currency
where
    paid_orders.revenue is distinct from months.revenue
    or paid_orders.revenue is distinct from categories.revenue
