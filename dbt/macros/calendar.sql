{# The number of a day, such as 20250131. #}
{% macro date_key(date) -%}
cast(
        extract(year from {{ date }}) * 10000
        + extract(month from {{ date }}) * 100
        + extract(day from {{ date }}) as integer
    )
{%- endmacro %}

{# The days since another day that is not later. #}
{% macro days_since(date, day) %}{{ dbt.datediff(day, date, 'day') }}{% endmacro %}

{#
All days of the years in which something is sold, with the calendar of days, ISO weeks and the 4-5-4
retail calendar of NRF: its weeks begin on Sundays and belong to the month in which their Wednesday
is, a year begins in February and has a 53rd week where its days would slip by one.
#}
{% macro days_of(sold, date) %}
with sold as (
    select
        coalesce(min({{ date }}), cast('{{ var("as_of") }}' as date)) as first_sold_on,
        coalesce(max({{ date }}), cast('{{ var("as_of") }}' as date)) as last_sold_on
    from {{ sold }}
),

numbers as (
    {{ dbt.generate_series(75000) }}
),

bounds as (
    select
        cast({{ dbt.date_trunc('year', 'first_sold_on') }} as date) as first_day,
        extract(year from last_sold_on) as last_year
    from sold
),

days as (
    select
        {{ days_after('cast(numbers.generated_number as integer) - 1', 'bounds.first_day') }}
            as full_date,
        bounds.last_year
    from bounds
    cross join numbers
),

parts as (
    select
        full_date,
        cast(extract(year from full_date) as integer) as calendar_year,
        cast(extract(month from full_date) as integer) as calendar_month,
        cast(extract(day from full_date) as integer) as calendar_day,
        -- From a Monday, and from a Sunday.
        cast(
            mod({{ days_since('full_date', "cast('1900-01-01' as date)") }}, 7) as integer
        ) as days_since_monday,
        cast(
            mod({{ days_since('full_date', "cast('1899-12-31' as date)") }}, 7) as integer
        ) as days_since_sunday
    from days
    where extract(year from full_date) <= last_year
),

middles as (
    select
        parts.*,
        {{ days_after('3 - days_since_monday', 'full_date') }} as thursday,
        {{ days_after('3 - days_since_sunday', 'full_date') }} as wednesday
    from parts
),

years as (
    select
        middles.*,
        cast(extract(year from thursday) as integer) as iso_year,
        cast(extract(year from {{ days_after('-31', 'wednesday') }}) as integer) as retail_year
    from middles
),

firsts as (
    select
        years.*,
        cast(cast(iso_year as varchar) || '-01-01' as date) as first_of_iso_year,
        cast(cast(retail_year as varchar) || '-02-01' as date) as first_of_retail_year
    from years
),

weeks as (
    select
        firsts.*,
        {{ whole_quotient(days_since('thursday', 'first_of_iso_year'), 7) }} + 1 as iso_week,
        {{ whole_quotient(days_since('wednesday', 'first_of_retail_year'), 7) }} + 1
            as retail_week
    from firsts
),

quarters as (
    select
        weeks.*,
        -- Week 53 is of the last quarter.
        case
            when retail_week > 39 then 4
            when retail_week > 26 then 3
            when retail_week > 13 then 2
            else 1
        end as retail_quarter
    from weeks
)

select
    {{ date_key('full_date') }} as date_key,
    full_date,
    calendar_year as year,
    {{ whole_quotient('calendar_month + 2', 3) }} as quarter,
    calendar_month as month,
    case calendar_month
        {%- for name in ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August',
                         'September', 'October', 'November', 'December'] %}
        when {{ loop.index }} then '{{ name }}'
        {%- endfor %}
    end as month_name,
    iso_year,
    iso_week,
    calendar_day as day,
    cast(days_since_monday + 1 as integer) as day_of_week,
    case days_since_monday
        {%- for name in ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] %}
        when {{ loop.index0 }} then '{{ name }}'
        {%- endfor %}
    end as day_name,
    days_since_monday >= 5 as is_weekend,
    case
        when calendar_month in (12, 1, 2) then 'Winter'
        when calendar_month in (3, 4, 5) then 'Spring'
        when calendar_month in (6, 7, 8) then 'Summer'
        else 'Autumn'
    end as season,
    retail_year,
    retail_quarter,
    3 * (retail_quarter - 1)
    + case
        when retail_week - 13 * (retail_quarter - 1) <= 4 then 1
        when retail_week - 13 * (retail_quarter - 1) <= 9 then 2
        else 3
    end as retail_month,
    retail_week
from quarters
{% endmacro %}
