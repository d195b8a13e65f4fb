{% test event_at_is_not_too_early(model, column_name) %}
-- A moment before the first event. The job rejects it, unless --earliest_date says that it is right.
{{ config(severity='warn') }}
select {{ column_name }}
from {{ model }}
where cast({{ column_name }} as date) < cast('{{ var("first_event_on") }}' as date)
{% endtest %}
