{#
The moment from which on rows count as newly arrived: that of the newest row of this model, or some
days before, so that the clocks of two machines may differ. When something happened says nothing of
when it arrives: it may be days late, or dated in the future.
#}
{% macro newly_arrived() -%}
(
        select
            coalesce(
                {{ dbt.dateadd('day', -var('look_back_days'), 'max(loaded_at)') }},
                cast('1970-01-01' as timestamp)
            )
        from {{ this }}
    )
{%- endmacro %}

{#
Whether only what has newly arrived is built. That is asked of the warehouse, but not by `dbt compile`,
which shows either SQL: the variable `adds_to_itself` says which.
#}
{% macro adds_to_itself() %}
    {{ return(var('adds_to_itself', false) if flags.WHICH == 'compile' else is_incremental()) }}
{% endmacro %}
