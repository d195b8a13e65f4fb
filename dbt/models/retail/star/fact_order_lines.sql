-- Grain: one line of an order, with the versions of its buyer and its product on the day of the order.
select
    order_lines.order_id,
    cast(order_lines.line_number as integer) as line_number,
    coalesce(customer_versions.version_key, cast(-1 as bigint)) as customer_key,
    coalesce(product_versions.version_key, cast(-1 as bigint)) as product_key,
    {{ date_key('order_lines.order_date') }} as date_key,
    cast(order_lines.quantity as integer) as quantity,
    cast(order_lines.unit_price as decimal(12, 4)) as unit_price,
    cast(order_lines.total_amount as decimal(18, 2)) as total_amount
from {{ source('retail', 'order_lines') }} as order_lines
left join {{ ref('customer_versions') }} as customer_versions
    on
        order_lines.customer_id = customer_versions.customer_id
        and order_lines.order_date >= customer_versions.lookup_from
        and order_lines.order_date < customer_versions.lookup_to
left join {{ ref('product_versions') }} as product_versions
    on
        order_lines.product_id = product_versions.product_id
        and order_lines.order_date >= product_versions.lookup_from
        and order_lines.order_date < product_versions.lookup_to
