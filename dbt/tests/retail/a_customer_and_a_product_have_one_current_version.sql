-- A key with several current versions, or with none although it was not deleted.
{% for model, key in [('dim_customers', 'customer_id'), ('dim_products', 'product_id')] %}
select
    '{{ model }}' as model,
    {{ key }} as id
from (
    select
        {{ key }},
        is_current,
        is_deleted,
        row_number() over (partition by {{ key }} order by valid_from desc) as place
    from {{ ref(model) }}
    where {{ key }} is not null
) as versions
where is_current <> (place = 1 and not is_deleted)
{{ 'union all' if not loop.last }}
{% endfor %}
