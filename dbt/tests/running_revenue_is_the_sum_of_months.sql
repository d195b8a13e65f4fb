-- Months whose running revenue is not that of all paid orders of the currency up to their end.
select
    months.order_month_start,
    months.currency,
    months.running_revenue,
    sum(orders.order_total) as revenue
from {{ ref('revenue_mom') }} as months
left join {{ ref('stg_orders') }} as orders
    on
        months.currency = orders.currency
        and months.order_month_start >= orders.order_month_start
        and orders.is_paid
group by months.order_month_start, months.currency, months.running_revenue
having months.running_revenue <> coalesce(sum(orders.order_total), 0)
