{{ config(alias='revenue_by_category') }}
-- Grain: one category of products that were sold.
select
    products.category,
    count(*) as sales,
    cast(sum(sales.quantity) as bigint) as units,
    cast(sum(sales.total_amount) as decimal(38, 2)) as revenue
from {{ ref('shop_fact_sales') }} as sales
inner join {{ ref('shop_dim_products') }} as products
    on sales.product_key = products.product_key
group by products.category
