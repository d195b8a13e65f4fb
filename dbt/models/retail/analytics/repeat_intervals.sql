-- Grain: one number of days between an order and the one before it of the same customer.
with followed as (
    select
        order_date,
        lag(order_date) over (
            partition by customer_id order by order_date, order_id
        ) as order_date_before
    from {{ ref('order_totals') }}
    where customer_id is not null
)

select
    cast({{ days_since('order_date', 'order_date_before') }} as integer) as days_between,
    count(*) as orders
from followed
where order_date_before is not null
group by cast({{ days_since('order_date', 'order_date_before') }} as integer)
