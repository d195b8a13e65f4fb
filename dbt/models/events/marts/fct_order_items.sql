{{ config(
    materialized='incremental', unique_key='order_id', incremental_strategy='delete+insert',
    on_schema_change='fail'
) }}
-- Grain: one line of an order, as of its newest event.
select
    orders.order_id,
    items.line_number,
    orders.customer_id,
    orders.ordered_at,
    orders.order_date,
    orders.is_paid,
    items.product_id,
    items.product_name,
    items.category,
    items.quantity,
    items.unit_price,
    items.line_total,
    items.currency,
    orders.loaded_at
from {{ ref('fct_orders') }} as orders
inner join {{ ref('int_order_items_flattened') }} as items
    on orders.event_id = items.event_id
{% if adds_to_itself() %}
where orders.loaded_at >= {{ newly_arrived() }}
{% endif %}
