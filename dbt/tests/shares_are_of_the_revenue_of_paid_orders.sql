-- Categories whose share is not their revenue over that of the month's paid orders, but for its
-- rounding, and those without a share of a month that is worth something.
with paid_orders as (
    select
        order_month_start,
        currency,
        cast(sum(order_total) as decimal(18, 2)) as revenue
    from {{ ref('stg_orders') }}
    where is_paid
    group by order_month_start, currency
)

select
    coalesce(
        paid_orders.order_month_start, categories.order_month_start
    ) as order_month_start,
    coalesce(paid_orders.currency, categories.currency) as currency,
    categories.category,
    categories.revenue_share,
    categories.revenue,
    paid_orders.revenue as paid_revenue
from paid_orders
full join {{ ref('category_sales_monthly') }} as categories
    on
        paid_orders.order_month_start = categories.order_month_start
        and paid_orders.currency = categories.currency
where
    coalesce(
        abs(categories.revenue_share * paid_orders.revenue - categories.revenue)
        > 0.000001 * paid_orders.revenue,
        coalesce(paid_orders.revenue, 1) <> 0
    )
