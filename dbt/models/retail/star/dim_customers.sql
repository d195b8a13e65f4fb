-- Grain: one version of a customer, and the unknown customer, -1, of lines whose buyer nobody knows.
select
    cast(version_key as bigint) as customer_key,
    customer_id,
    first_name,
    last_name,
    email,
    registration_date,
    valid_from,
    valid_to,
    is_current,
    is_deleted
from {{ ref('customer_versions') }}

union all

select
    cast(-1 as bigint) as customer_key,
    cast(null as varchar) as customer_id,
    cast('Unknown' as varchar) as first_name,
    cast('Unknown' as varchar) as last_name,
    cast(null as varchar) as email,
    cast(null as date) as registration_date,
    cast('0001-01-01' as date) as valid_from,
    cast(null as date) as valid_to,
    true as is_current,
    false as is_deleted
