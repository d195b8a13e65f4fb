-- Grain: one month × country with a paid order of a known customer.
-- A customer is active in a month by a paid order in it, in whichever currency.
with active as (
    select
        order_month_start,
        customer_country,
        count(distinct customer_id) as active_customers
    from {{ ref('stg_orders') }}
    where is_paid and customer_id is not null
    group by order_month_start, customer_country
)

select
    active.order_month_start,
    active.customer_country,
    active.active_customers,
    order_months.is_complete_month
from active
inner join {{ ref('order_months') }}
    on active.order_month_start = order_months.order_month_start
