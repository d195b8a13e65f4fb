{{ config(
    materialized='incremental', unique_key='order_id', incremental_strategy='delete+insert',
    on_schema_change='fail'
) }}
-- Grain: one order, as of its newest event. Of two events of one moment the one that comes later in
-- the life of an order is newer, and then the one whose event_id sorts later. What a customer does in
-- the shop, such as a view or a checkout, changes no order: it counts only if an order has no other event.
with events as (
    select
        event_id,
        event_type,
        order_id,
        session_id,
        customer_id,
        customer_country,
        channel,
        device,
        event_at,
        currency,
        order_subtotal,
        order_tax,
        order_shipping,
        order_total,
        loaded_at,
        case event_type
            when 'order_create' then 1
            when 'order_paid' then 2
            when 'order_fulfilled' then 3
            when 'order_cancelled' then 4
            else 0
        end as state,
        case
            when event_type in ('product_view', 'cart_add', 'cart_abandon', 'checkout_start') then 0
            else 1
        end as changes_order
    from {{ ref('stg_events') }}
    where
        order_id is not null
        {% if adds_to_itself() %}
        and order_id in (
            select arrived.order_id
            from {{ ref('stg_events') }} as arrived
            where arrived.loaded_at >= {{ newly_arrived() }}
        )
        {% endif %}
),

ordered as (
    select
        events.*,
        row_number() over (
            partition by order_id
            order by changes_order desc, event_at desc, state desc, event_id desc
        ) as newest,
        min(event_at) over (partition by order_id) as ordered_at,
        max(loaded_at) over (partition by order_id) as newest_loaded_at
    from events
)

select
    order_id,
    event_id,
    customer_id,
    session_id,
    customer_country,
    channel,
    device,
    ordered_at,
    cast(ordered_at as date) as order_date,
    event_at as changed_at,
    case state
        when 1 then 'created'
        when 2 then 'paid'
        when 3 then 'fulfilled'
        when 4 then 'cancelled'
        else 'unknown'
    end as order_status,
    state in (2, 3) as is_paid,
    currency,
    order_subtotal as merchandise,
    order_tax as tax,
    order_shipping as shipping,
    order_total,
    newest_loaded_at as loaded_at
from ordered
where newest = 1
