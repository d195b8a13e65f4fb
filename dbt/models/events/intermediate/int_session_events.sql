-- Grain: one event of a visiting customer, with its place in the visit that it names, and in the visit
-- that 30 minutes without an event end. An order is fulfilled or cancelled without its buyer.
with followed as (
    select
        event_id,
        event_type,
        session_id,
        customer_id,
        customer_country,
        channel,
        device,
        order_id,
        event_at,
        lag(event_at) over (
            partition by customer_id order by event_at, event_id
        ) as event_at_before
    from {{ ref('stg_events') }}
    where
        customer_id is not null
        and event_type not in ('order_fulfilled', 'order_cancelled')
),

paused as (
    select
        followed.*,
        case
            when event_at_before is null then 1
            when event_at > {{ dbt.dateadd('minute', 30, 'event_at_before') }} then 1
            else 0
        end as begins_visit
    from followed
)

select
    event_id,
    event_type,
    session_id,
    customer_id,
    customer_country,
    channel,
    device,
    order_id,
    event_at,
    case
        when session_id is not null then cast(
            row_number() over (partition by session_id order by event_at, event_id) as integer
        )
    end as event_number,
    cast(
        sum(begins_visit) over (
            partition by customer_id
            order by event_at, event_id
            rows between unbounded preceding and current row
        ) as integer
    ) as visit_number
from paused
