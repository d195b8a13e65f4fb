-- Grain: one customer who has paid an order, and a currency, with scores from 1 to 5 for how lately,
-- how often and for how much merchandise: 5 is the best fifth.
with bought as (
    select
        customer_id,
        currency,
        min(order_date) as first_order_date,
        max(order_date) as last_order_date,
        count(*) as orders,
        sum(merchandise) as lifetime_value
    from {{ ref('int_customer_purchase_history') }}
    group by customer_id, currency
),

scored as (
    select
        customer_id,
        currency,
        first_order_date,
        last_order_date,
        cast({{ days_since("cast('" ~ var('as_of') ~ "' as date)", 'last_order_date') }} as integer)
            as days_since_order,
        orders,
        cast(lifetime_value as decimal(38, 2)) as lifetime_value,
        {{ average_of('lifetime_value', 'orders') }} as average_order_value,
        cast(
            ntile(5) over (partition by currency order by last_order_date, customer_id)
            as integer
        ) as recency_score,
        cast(
            ntile(5) over (partition by currency order by orders, customer_id) as integer
        ) as frequency_score,
        cast(
            ntile(5) over (partition by currency order by lifetime_value, customer_id)
            as integer
        ) as monetary_score
    from bought
)

select
    scored.customer_id,
    customers.customer_name,
    customers.country,
    scored.currency,
    scored.first_order_date,
    scored.last_order_date,
    scored.days_since_order,
    scored.orders,
    scored.lifetime_value,
    scored.average_order_value,
    scored.recency_score,
    scored.frequency_score,
    scored.monetary_score,
    case
        when recency_score >= 4 and frequency_score >= 4 then 'Champions'
        when recency_score <= 2 and frequency_score >= 4 then 'At risk'
        when frequency_score >= 4 then 'Loyal'
        when recency_score >= 4 then 'Recent'
        when recency_score <= 2 and frequency_score <= 2 then 'Lost'
        else 'Occasional'
    end as segment
from scored
inner join {{ ref('events_dim_customers') }} as customers
    on scored.customer_id = customers.customer_id
