-- Grain: one order that was paid, of a customer who is known, with its place among these.
select
    order_id,
    customer_id,
    currency,
    ordered_at,
    order_date,
    merchandise,
    cast(
        row_number() over (
            partition by customer_id order by ordered_at, order_id
        ) as integer
    ) as order_number,
    lag(order_date) over (
        partition by customer_id order by ordered_at, order_id
    ) as order_date_before
from {{ ref('fct_orders') }}
where is_paid and customer_id is not null
