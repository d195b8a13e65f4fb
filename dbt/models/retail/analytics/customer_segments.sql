-- Grain: one customer who has ordered, with scores from 1 to 5 for how lately, how often and for how
-- much: 5 is the best fifth. Lately is told from the day of the last order of all.
with last_day as (
    select max(order_date) as as_of_date
    from {{ ref('order_totals') }}
),

bought as (
    select
        orders.customer_id,
        last_day.as_of_date,
        max(orders.order_date) as last_order_date,
        count(*) as orders,
        sum(orders.revenue) as revenue
    from {{ ref('order_totals') }} as orders
    cross join last_day
    where orders.customer_id is not null
    group by orders.customer_id, last_day.as_of_date
),

scored as (
    select
        customer_id,
        cast({{ days_since('as_of_date', 'last_order_date') }} as integer) as days_since_order,
        orders,
        cast(revenue as decimal(38, 2)) as revenue,
        cast(ntile(5) over (order by last_order_date, customer_id) as integer) as recency_score,
        cast(ntile(5) over (order by orders, customer_id) as integer) as frequency_score,
        cast(ntile(5) over (order by revenue, customer_id) as integer) as monetary_score
    from bought
)

select
    customer_id,
    days_since_order,
    orders,
    revenue,
    recency_score,
    frequency_score,
    monetary_score,
    case
        when recency_score >= 4 and frequency_score >= 4 then 'Champions'
        when recency_score <= 2 and frequency_score >= 4 then 'At risk'
        when frequency_score >= 4 then 'Loyal'
        when recency_score >= 4 then 'Recent'
        when recency_score <= 2 and frequency_score <= 2 then 'Lost'
        else 'Occasional'
    end as segment
from scored
