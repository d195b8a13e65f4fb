-- An order whose total is not merchandise, tax and shipping, or whose lines are not its merchandise.
with lines as (
    select
        order_id,
        sum(line_total) as merchandise
    from {{ ref('fct_order_items') }}
    group by order_id
)

select orders.order_id
from {{ ref('fct_orders') }} as orders
left join lines
    on orders.order_id = lines.order_id
where
    orders.order_total <> orders.merchandise + orders.tax + orders.shipping
    or coalesce(lines.merchandise, -1) <> orders.merchandise
