-- Grain: one day from the first order to the last, also one without an order.
with sold as (
    select
        order_date,
        count(*) as orders,
        sum(units) as units,
        sum(revenue) as revenue
    from {{ ref('order_totals') }}
    group by order_date
),

bounds as (
    select
        min(order_date) as first_day,
        max(order_date) as last_day
    from sold
)

select
    days.full_date,
    days.retail_year,
    days.retail_month,
    days.retail_week,
    cast(coalesce(sold.orders, 0) as bigint) as orders,
    cast(coalesce(sold.units, 0) as bigint) as units,
    cast(coalesce(sold.revenue, 0) as decimal(38, 2)) as revenue
from {{ ref('dim_date') }} as days
inner join bounds
    on days.full_date between bounds.first_day and bounds.last_day
left join sold
    on days.full_date = sold.order_date
