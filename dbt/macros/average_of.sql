{#
An amount divided by a number above zero, to the cent, half away from zero. In whole cents, for a
division of decimals rounds to a scale of the warehouse's choice first.
#}
{% macro average_of(amount, number) -%}
{%- set twice = '(2 * abs(cast(' ~ amount ~ ' * 100 as bigint)) + ' ~ number ~ ')' -%}
cast(
        cast(sign({{ amount }}) as integer)
        * cast(({{ twice }} - mod({{ twice }}, 2 * {{ number }})) / (2 * {{ number }}) as decimal(18, 0))
        * 0.01 as decimal(18, 2)
    )
{%- endmacro %}
