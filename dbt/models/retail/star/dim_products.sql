-- Grain: one version of a product, and the unknown product, -1, of lines whose product nobody knows.
select
    cast(version_key as bigint) as product_key,
    product_id,
    product_name,
    category,
    cast(price as decimal(12, 4)) as price,
    cast(stock_quantity as integer) as stock_quantity,
    valid_from,
    valid_to,
    is_current,
    is_deleted
from {{ ref('product_versions') }}

union all

select
    cast(-1 as bigint) as product_key,
    cast(null as varchar) as product_id,
    cast('Unknown' as varchar) as product_name,
    cast('Unknown' as varchar) as category,
    cast(null as decimal(12, 4)) as price,
    cast(null as integer) as stock_quantity,
    cast('0001-01-01' as date) as valid_from,
    cast(null as date) as valid_to,
    true as is_current,
    false as is_deleted
