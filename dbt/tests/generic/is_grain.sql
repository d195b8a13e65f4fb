{% test is_grain(model, columns) %}
-- No two rows agree in all columns of the grain; a null is a value like others.
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
