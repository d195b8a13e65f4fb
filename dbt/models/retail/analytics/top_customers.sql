-- Grain: one customer who has ordered, the best first. The name is in dim_customers only.
with bought as (
    select
        customer_id,
        count(*) as orders,
        sum(units) as units,
        sum(revenue) as revenue,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date
    from {{ ref('order_totals') }}
    where customer_id is not null
    group by customer_id
)

select
    row_number() over (order by revenue desc, customer_id) as customer_rank,
    customer_id,
    orders,
    cast(units as bigint) as units,
    cast(revenue as decimal(38, 2)) as revenue,
    {{ average_of('revenue', 'orders') }} as avg_order_value,
    first_order_date,
    last_order_date
from bought
