{#
The versions of what is delivered as whole snapshots, such as all customers of a day. Any order and
any repetition of deliveries gives the same versions, for they are made of all deliveries at once.

A version is valid from the delivery that brought it until the one that has another, in one of the
`tracked` columns, or has none at all. What no delivery has any more is deleted; it counts only
where the delivery is whole: no rejected row without an id, and none of that id.
`lookup_from` and `lookup_to` leave no gap: the first version is also the one of all time before it,
and what was deleted stays what it was until it comes back.
#}
{% macro versions_of(snapshots, rejected, key, tracked, others=[]) %}
with snapshots as (
    select
        {{ key }},
        {{ (tracked + others) | join(',\n        ') }},
        delivered_on,
        {{ hash_of(tracked) }} as content,
        row_number() over (partition by {{ key }} order by delivered_on) as place
    from {{ snapshots }}
),

rejected as (
    select
        {{ key }},
        delivered_on
    from {{ rejected }}
    group by {{ key }}, delivered_on
),

deliveries as (
    select
        snapshots.delivered_on,
        max(case when rejected.delivered_on is null then 1 else 0 end) as is_whole
    from snapshots
    left join rejected
        on
            snapshots.delivered_on = rejected.delivered_on
            and rejected.{{ key }} is null
    group by snapshots.delivered_on
),

next_deliveries as (
    select
        delivered_on,
        min(case when is_whole = 1 then delivered_on end) over (
            order by delivered_on
            rows between 1 following and unbounded following
        ) as next_whole_on
    from deliveries
),

-- In which deliveries it is: accepted, or rejected and so not known anew.
seen as (
    select
        {{ key }},
        delivered_on,
        1 as is_accepted
    from snapshots

    union all

    select
        rejected.{{ key }},
        rejected.delivered_on,
        0 as is_accepted
    from rejected
    left join snapshots
        on
            rejected.{{ key }} = snapshots.{{ key }}
            and rejected.delivered_on = snapshots.delivered_on
    where rejected.{{ key }} is not null and snapshots.{{ key }} is null
),

followed as (
    select
        seen.{{ key }},
        next_deliveries.next_whole_on,
        lead(seen.delivered_on) over (
            partition by seen.{{ key }} order by seen.delivered_on
        ) as next_seen_on,
        sum(seen.is_accepted) over (
            partition by seen.{{ key }}
            order by seen.delivered_on
            rows between unbounded preceding and current row
        ) as place
    from seen
    inner join next_deliveries
        on seen.delivered_on = next_deliveries.delivered_on
),

deletions as (
    select
        {{ key }},
        place,
        min(next_whole_on) as deleted_on
    from followed
    where next_whole_on < next_seen_on or next_seen_on is null
    group by {{ key }}, place
),

compared as (
    select
        snapshots.*,
        deletions.deleted_on,
        case
            when
                lag(snapshots.content) over (
                    partition by snapshots.{{ key }} order by snapshots.place
                ) = snapshots.content
                and lag(deletions.deleted_on) over (
                    partition by snapshots.{{ key }} order by snapshots.place
                ) is null
                then 0
            else 1
        end as is_new
    from snapshots
    left join deletions
        on
            snapshots.{{ key }} = deletions.{{ key }}
            and snapshots.place = deletions.place
),

numbered as (
    select
        compared.*,
        sum(is_new) over (
            partition by {{ key }}
            order by place
            rows between unbounded preceding and current row
        ) as version_number
    from compared
),

spans as (
    select
        {{ key }},
        version_number,
        min(delivered_on) as valid_from,
        max(deleted_on) as deleted_on,
        max(place) as last_place
    from numbered
    group by {{ key }}, version_number
),

chained as (
    select
        spans.*,
        lead(valid_from) over (
            partition by {{ key }} order by version_number
        ) as next_valid_from
    from spans
)

select
    {{ key_of('chained.' ~ key ~ " || '|' || " ~ iso_date('chained.valid_from')) }}
        as version_key,
    chained.{{ key }},
    {%- for name in tracked + others %}
    numbered.{{ name }},
    {%- endfor %}
    chained.valid_from,
    coalesce(chained.deleted_on, chained.next_valid_from) as valid_to,
    chained.deleted_on is null and chained.next_valid_from is null as is_current,
    chained.deleted_on is not null as is_deleted,
    case
        when chained.version_number = 1 then cast('0001-01-01' as date)
        else chained.valid_from
    end as lookup_from,
    coalesce(chained.next_valid_from, cast('9999-12-31' as date)) as lookup_to
from chained
inner join numbered
    on
        chained.{{ key }} = numbered.{{ key }}
        and chained.last_place = numbered.place
{% endmacro %}
