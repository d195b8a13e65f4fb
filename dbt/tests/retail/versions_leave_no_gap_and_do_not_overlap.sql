-- A version whose look-up does not begin where the one before ends, or that is valid after that.
{% for model, key in [('customer_versions', 'customer_id'), ('product_versions', 'product_id')] %}
select
    '{{ model }}' as model,
    {{ key }} as id,
    valid_from
from (
    select
        {{ key }},
        valid_from,
        valid_to,
        lookup_from,
        lookup_to,
        lag(lookup_to) over (partition by {{ key }} order by valid_from) as lookup_to_before,
        lead(valid_from) over (partition by {{ key }} order by valid_from) as next_valid_from
    from {{ ref(model) }}
) as followed
where
    lookup_from <> coalesce(lookup_to_before, cast('0001-01-01' as date))
    or lookup_to <> coalesce(next_valid_from, cast('9999-12-31' as date))
    or valid_to <= valid_from
    or valid_to > next_valid_from
    or (valid_to is null and next_valid_from is not null)
{{ 'union all' if not loop.last }}
{% endfor %}
