-- Grain: one order, with its place among the orders of its customer that were paid; without one where
-- it was not paid, or nobody knows whose it is.
select
    orders.order_id,
    orders.customer_id,
    orders.customer_country,
    orders.channel,
    orders.device,
    orders.ordered_at,
    orders.order_date,
    cast(extract(hour from orders.ordered_at) as integer) as order_hour,
    orders.order_status,
    orders.is_paid,
    orders.currency,
    orders.merchandise,
    orders.tax,
    orders.shipping,
    orders.order_total,
    history.order_number,
    coalesce(history.order_number = 1, false) as is_first_order,
    cast({{ days_since('history.order_date', 'history.order_date_before') }} as integer)
        as days_since_previous_order
from {{ ref('fct_orders') }} as orders
left join {{ ref('int_customer_purchase_history') }} as history
    on orders.order_id = history.order_id
