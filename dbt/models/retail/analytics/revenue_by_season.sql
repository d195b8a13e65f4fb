-- Grain: one season of a calendar year with an order; December is of the winter of its own year.
select
    days.year,
    days.season,
    count(*) as orders,
    cast(sum(orders.revenue) as decimal(38, 2)) as revenue
from {{ ref('order_totals') }} as orders
inner join {{ ref('dim_date') }} as days
    on orders.order_date = days.full_date
group by days.year, days.season
