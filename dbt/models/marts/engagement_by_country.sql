-- Grain: one month × country × currency with a paid order of a known customer.
-- A customer who paid in two currencies is active in both; never add customers over rows.
with paid_orders as (
    select
        order_month_start,
        customer_country,
        currency,
        count(distinct customer_id) as active_customers,
        count(*) as orders,
        sum(order_total) as revenue
    from {{ ref('stg_orders') }}
    where is_paid and customer_id is not null
    group by order_month_start, customer_country, currency
),

divided as (
    select
        *,
        cast(
            cast(orders as decimal(38, 8)) / active_customers as decimal(38, 8)
        ) as orders_per_active_customer,
        cast(
            cast(revenue as decimal(38, 8)) / active_customers as decimal(38, 8)
        ) as revenue_per_active_customer
    from paid_orders
)

select
    order_month_start,
    customer_country,
    currency,
    active_customers,
    orders,
    cast(revenue as decimal(38, 2)) as revenue,
    cast(orders_per_active_customer as decimal(18, 4)) as orders_per_active_customer,
    cast(revenue_per_active_customer as decimal(18, 2)) as revenue_per_active_customer
from divided
