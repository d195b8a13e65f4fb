{{ config(alias='dim_products') }}
-- Grain: one product, and the unknown product, -1, of sales whose product nobody knows.
select
    {{ key_of('product_id') }} as product_key,
    product_id,
    product_name,
    category,
    cast(current_price as decimal(12, 4)) as current_price
from {{ source('shop', 'products') }}

union all

select
    cast(-1 as bigint) as product_key,
    cast(null as varchar) as product_id,
    cast('Unknown' as varchar) as product_name,
    cast('Unknown' as varchar) as category,
    cast(null as decimal(12, 4)) as current_price
