-- Grain: one product that was sold, the best first; its name is that of its last version.
with sold as (
    select
        products.product_id,
        count(distinct lines.order_id) as orders,
        sum(lines.quantity) as units,
        sum(lines.total_amount) as revenue
    from {{ ref('fact_order_lines') }} as lines
    inner join {{ ref('dim_products') }} as products
        on lines.product_key = products.product_key
    where products.product_id is not null
    group by products.product_id
),

last_versions as (
    select
        product_id,
        product_name,
        category,
        row_number() over (partition by product_id order by valid_from desc) as place
    from {{ ref('dim_products') }}
    where product_id is not null
)

select
    row_number() over (order by sold.revenue desc, sold.product_id) as product_rank,
    sold.product_id,
    last_versions.product_name,
    last_versions.category,
    sold.orders,
    cast(sold.units as bigint) as units,
    cast(sold.revenue as decimal(38, 2)) as revenue
from sold
inner join last_versions
    on sold.product_id = last_versions.product_id
where last_versions.place = 1
