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

{#
How many percent an amount is of another that is above zero, to four decimals, half up. In whole
numbers, as above; neither is below zero. Three digits at a time, so that cents of 15 digits fit.
#}
{% macro percent_of(amount, total) -%}
{%- set cents = 'cast(' ~ total ~ ' * 100 as bigint)' -%}
{%- set thousand = '(cast(' ~ amount ~ ' * 100 as bigint) * 1000)' -%}
{%- set twice = '(2000 * mod(' ~ thousand ~ ', ' ~ cents ~ ') + ' ~ cents ~ ')' -%}
cast(
        (
            cast(({{ thousand }} - mod({{ thousand }}, {{ cents }})) / {{ cents }} as decimal(18, 0))
            * 1000
            + cast(({{ twice }} - mod({{ twice }}, 2 * {{ cents }})) / (2 * {{ cents }}) as decimal(18, 0))
        ) * 0.0001 as decimal(7, 4)
    )
{%- endmacro %}
