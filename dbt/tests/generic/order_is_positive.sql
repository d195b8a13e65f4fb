{% test order_is_positive(model) %}
-- An order with an amount that is missing or below zero, or that is worth nothing.
select order_id
from {{ model }}
where
    merchandise is null or merchandise < 0
    or tax is null or tax < 0
    or shipping is null or shipping < 0
    or order_total is null or order_total <= 0
{% endtest %}
