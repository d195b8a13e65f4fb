{% test event_at_is_valid(model, column_name) %}
-- A moment that is missing, or after the day of the build.
select {{ column_name }}
from {{ model }}
where
    {{ column_name }} is null
    or cast({{ column_name }} as date) > cast('{{ var("as_of") }}' as date)
{% endtest %}
