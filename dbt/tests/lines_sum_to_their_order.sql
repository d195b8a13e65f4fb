-- An order without its lines, or whose lines are not worth what the order is in its currency.
with lines as (
    select
        order_id,
        currency,
        count(*) as line_count,
        sum(line_total) as line_total
    from {{ ref('stg_order_items') }}
    group by order_id, currency
)

select
    orders.order_id,
    orders.order_total,
    lines.line_total
from {{ ref('stg_orders') }} as orders
left join lines
    on
        orders.order_id = lines.order_id
        and orders.currency = lines.currency
where
    lines.order_id is null
    or lines.line_total <> orders.order_total
    or lines.line_count <> orders.item_count
