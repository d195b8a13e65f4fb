-- Grain: one day of the week with an order.
select
    days.day_of_week,
    days.day_name,
    count(distinct days.full_date) as days_with_orders,
    count(*) as orders,
    cast(sum(orders.revenue) as decimal(38, 2)) as revenue,
    {{ average_of('sum(orders.revenue)', 'count(distinct days.full_date)') }} as avg_daily_revenue
from {{ ref('order_totals') }} as orders
inner join {{ ref('dim_date') }} as days
    on orders.order_date = days.full_date
group by days.day_of_week, days.day_name
