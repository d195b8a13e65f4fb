-- Months in which the lines of paid orders are not worth what the orders are.
with categories as (
    select
        order_month_start,
        currency,
        sum(revenue) as revenue
    from {{ ref('category_sales_monthly') }}
    group by order_month_start, currency
)

select
    months.order_month_start,
    months.currency,
    months.revenue,
    categories.revenue as category_revenue
from {{ ref('monthly_revenue') }} as months
left join categories
    on
        months.order_month_start = categories.order_month_start
        and months.currency = categories.currency
where months.revenue <> coalesce(categories.revenue, 0)
