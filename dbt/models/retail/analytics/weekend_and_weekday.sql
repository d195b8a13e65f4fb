-- Grain: weekends, or weekdays, with an order.
select
    days.is_weekend,
    count(distinct days.full_date) as days_with_orders,
    count(*) as orders,
    cast(sum(orders.revenue) as decimal(38, 2)) as revenue,
    {{ average_of('sum(orders.revenue)', 'count(distinct days.full_date)') }} as avg_daily_revenue,
    {{ average_of('sum(orders.revenue)', 'count(*)') }} as avg_order_value
from {{ ref('order_totals') }} as orders
inner join {{ ref('dim_date') }} as days
    on orders.order_date = days.full_date
group by days.is_weekend
