-- Grain: one user, and the unknown user, -1, of sales whose user nobody knows.
select
    {{ key_of('user_id') }} as user_key,
    user_id,
    name,
    phone_number,
    city
from {{ source('shop', 'users') }}

union all

select
    cast(-1 as bigint) as user_key,
    cast(null as varchar) as user_id,
    cast('Unknown' as varchar) as name,
    cast(null as varchar) as phone_number,
    cast('Unknown' as varchar) as city
