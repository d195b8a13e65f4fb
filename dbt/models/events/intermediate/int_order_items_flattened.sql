-- Grain: one line of an order, as an event has it.
select
    event_id,
    order_id,
    line_number,
    product_id,
    product_name,
    category,
    quantity,
    unit_price,
    line_total,
    currency
from {{ source('events', 'order_items') }}
