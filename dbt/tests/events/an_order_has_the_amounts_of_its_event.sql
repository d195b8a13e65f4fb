-- An order whose amounts or lines are not those of its newest event. That they sum to each other is a
-- rule of the job, where a source profile may allow a tolerance.
with lines as (
    select
        order_id,
        sum(line_total) as merchandise
    from {{ ref('fct_order_items') }}
    group by order_id
),

loaded as (
    select
        event_id,
        sum(line_total) as merchandise
    from {{ source('events', 'order_items') }}
    group by event_id
)

select orders.order_id
from {{ ref('fct_orders') }} as orders
left join {{ ref('stg_events') }} as events
    on orders.event_id = events.event_id
left join lines
    on orders.order_id = lines.order_id
left join loaded
    on orders.event_id = loaded.event_id
where
    events.event_id is null
    or orders.merchandise <> events.order_subtotal
    or orders.tax <> events.order_tax
    or orders.shipping <> events.order_shipping
    or orders.order_total <> events.order_total
    or coalesce(lines.merchandise, -1) <> coalesce(loaded.merchandise, -2)
