-- Grain: one category, as products had it when they were sold.
select
    products.category,
    count(distinct lines.order_id) as orders,
    cast(sum(lines.quantity) as bigint) as units,
    cast(sum(lines.total_amount) as decimal(38, 2)) as revenue
from {{ ref('fact_order_lines') }} as lines
inner join {{ ref('dim_products') }} as products
    on lines.product_key = products.product_key
group by products.category
