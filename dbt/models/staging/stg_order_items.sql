-- Grain: one line of an order, whatever the payment status of the order.
select
    order_id,
    line_number,
    order_date,
    cast(date_trunc('month', order_date) as date) as order_month_start,
    product_id,
    category,
    quantity,
    unit_price,
    line_total,
    order_year,
    order_month
from {{ source('lake', 'fact_order_items') }}
