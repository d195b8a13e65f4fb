-- A number that is not the same in what was loaded and in what is made of it.
with loaded as (
    select
        count(*) as events,
        count(distinct order_id) as orders
    from {{ source('events', 'events') }}
),

staged as (
    select count(*) as events
    from {{ ref('stg_events') }}
),

fact as (
    select
        count(*) as orders,
        coalesce(sum(order_total), 0) as total
    from {{ ref('fct_orders') }}
),

told as (
    select
        count(*) as orders,
        coalesce(sum(order_total), 0) as total
    from {{ ref('analytics_orders') }}
)

select loaded.events
from loaded
cross join staged
cross join fact
cross join told
where
    loaded.events <> staged.events
    or loaded.orders <> fact.orders
    or loaded.orders <> told.orders
    or fact.total <> told.total
