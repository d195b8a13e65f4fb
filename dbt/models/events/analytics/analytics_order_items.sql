-- Grain: one line of an order, with its share of the merchandise of the order. Shares are rounded so
-- that those of an order sum to 100; those of an order that is worth nothing are null.
with summed as (
    select
        items.*,
        sum(line_total) over (
            partition by order_id
            order by line_number
            rows between unbounded preceding and current row
        ) as total_so_far,
        sum(line_total) over (partition by order_id) as total
    from {{ ref('fct_order_items') }} as items
),

shared as (
    select
        summed.*,
        case when total > 0 then {{ percent_of('total_so_far', 'total') }} end as share_so_far
    from summed
)

select
    order_id,
    line_number,
    customer_id,
    order_date,
    is_paid,
    product_id,
    product_name,
    category,
    quantity,
    unit_price,
    line_total,
    currency,
    cast(
        share_so_far - coalesce(
            lag(share_so_far) over (partition by order_id order by line_number), 0
        ) as decimal(7, 4)
    ) as share_of_order
from shared
