{{ config(materialized='incremental', unique_key='event_id', incremental_strategy='delete+insert') }}
-- Grain: one event.
select
    event_id,
    event_type,
    session_id,
    cast(event_timestamp as timestamp) as event_at,
    customer_id,
    customer_name,
    customer_email,
    customer_country,
    channel,
    device,
    product_id,
    product_name,
    product_category,
    product_price,
    order_id,
    order_status,
    order_subtotal,
    order_tax,
    order_shipping,
    order_total,
    currency,
    source_file,
    file_row_number,
    cast(loaded_at as timestamp) as loaded_at
from {{ source('events', 'events') }}
{% if adds_to_itself() %}
where loaded_at >= {{ newly_arrived() }}
{% endif %}
