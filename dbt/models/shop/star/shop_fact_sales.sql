{{ config(alias='fact_sales') }}
-- Grain: one sale, with its user and its product as they are now.
select
    sales.order_id,
    coalesce(users.user_key, cast(-1 as bigint)) as user_key,
    coalesce(products.product_key, cast(-1 as bigint)) as product_key,
    {{ date_key('sales.sale_date') }} as date_key,
    cast(extract(hour from cast(sales.order_time as timestamp)) as integer) as sale_hour,
    cast(sales.order_time as timestamp) as order_time,
    sales.payment_type,
    cast(sales.quantity as integer) as quantity,
    cast(sales.unit_price as decimal(12, 4)) as unit_price,
    cast(sales.total_amount as decimal(18, 2)) as total_amount
from {{ source('shop', 'fact_sales') }} as sales
left join {{ ref('dim_users') }} as users
    on sales.user_id = users.user_id
left join {{ ref('shop_dim_products') }} as products
    on sales.product_id = products.product_id
