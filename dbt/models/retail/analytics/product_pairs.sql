-- Grain: two products that were bought in one order, the one with the lower id first.
with bought as (
    select
        lines.order_id,
        products.product_id
    from {{ ref('fact_order_lines') }} as lines
    inner join {{ ref('dim_products') }} as products
        on lines.product_key = products.product_key
    where products.product_id is not null
    group by lines.order_id, products.product_id
)

select
    one.product_id,
    other.product_id as other_product_id,
    count(*) as orders
from bought as one
inner join bought as other
    on
        one.order_id = other.order_id
        and one.product_id < other.product_id
group by one.product_id, other.product_id
