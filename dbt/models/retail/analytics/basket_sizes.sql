-- Grain: one number of lines that orders have.
select
    lines,
    count(*) as orders,
    cast(sum(units) as bigint) as units,
    cast(sum(revenue) as decimal(38, 2)) as revenue,
    {{ average_of('sum(revenue)', 'count(*)') }} as avg_order_value
from {{ ref('order_totals') }}
group by lines
