{{ config(
    alias='dim_customers', materialized='incremental', unique_key='customer_id',
    incremental_strategy='delete+insert', on_schema_change='fail'
) }}
-- Grain: one customer of any event, as of the newest one.
with events as (
    select
        customer_id,
        customer_name,
        customer_email,
        customer_country,
        loaded_at,
        event_at,
        row_number() over (
            partition by customer_id order by event_at desc, event_id desc
        ) as newest
    from {{ ref('stg_events') }}
    where
        customer_id is not null
        {% if adds_to_itself() %}
        and customer_id in (
            select arrived.customer_id
            from {{ ref('stg_events') }} as arrived
            where arrived.loaded_at >= {{ newly_arrived() }}
        )
        {% endif %}
)

select
    customer_id,
    max(case when newest = 1 then customer_name end) as customer_name,
    max(case when newest = 1 then customer_email end) as email,
    max(case when newest = 1 then customer_country end) as country,
    min(event_at) as first_seen_at,
    max(event_at) as last_seen_at,
    count(*) as events,
    max(loaded_at) as loaded_at
from events
group by customer_id
