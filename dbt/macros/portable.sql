{# What the four warehouses say each in its own way. #}

{# A date as text, such as 2025-01-31. #}
{% macro iso_date(date) %}{{ return(adapter.dispatch('iso_date', 'salesetl')(date)) }}{% endmacro %}
{% macro default__iso_date(date) %}to_char({{ date }}, 'YYYY-MM-DD'){% endmacro %}
{% macro duckdb__iso_date(date) %}strftime({{ date }}, '%Y-%m-%d'){% endmacro %}

{# A BIGINT of the first 15 hexadecimal digits of the MD5 of a text: always positive. #}
{% macro key_of(text) %}{{ return(adapter.dispatch('key_of', 'salesetl')(text)) }}{% endmacro %}
{% macro duckdb__key_of(text) %}cast('0x' || substr(md5({{ text }}), 1, 15) as bigint){% endmacro %}
{% macro postgres__key_of(text) %}cast(cast('x0' || substr(md5({{ text }}), 1, 15) as bit(64)) as bigint){% endmacro %}
{% macro redshift__key_of(text) %}strtol(substring(md5({{ text }}), 1, 15), 16){% endmacro %}
{% macro snowflake__key_of(text) %}to_number(substr(md5({{ text }}), 1, 15), repeat('X', 15)){% endmacro %}

{# A value as text: a plain varchar of Redshift has 256 characters, and a cast cuts the others off. #}
{% macro text_of(value) %}cast({{ value }} as varchar(65535)){% endmacro %}

{# The MD5 of some columns: equal if all values are; a null is a value, and no text is another. #}
{% macro hash_of(columns) -%}
md5(
{%- for name in columns %}
        coalesce(
            cast(length({{ text_of(name) }}) as varchar) || ':' || {{ text_of(name) }}, '-'
        ){{ ' ||' if not loop.last }}
{%- endfor %}
    )
{%- endmacro %}

{# The date some days after another. #}
{% macro days_after(days, date) %}cast({{ dbt.dateadd('day', days, date) }} as date){% endmacro %}

{# The quotient of two whole numbers above zero, without its fraction. #}
{% macro whole_quotient(dividend, divisor) %}cast(floor(({{ dividend }}) / {{ divisor }}.0) as integer){% endmacro %}
