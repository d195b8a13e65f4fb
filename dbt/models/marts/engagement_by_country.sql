-- Grain: one month × country × currency with a paid order of a known customer.
-- A customer who paid in two currencies is active in both. Never add up customers of several rows.
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

-- Rounded half up with integers: docs/decisions/0010.
rounded as (
    select
        *,
        2 * active_customers as divisor,
        20000 * orders
        + active_customers
        - mod(20000 * orders + active_customers, 2 * active_customers)
            as orders_dividend,
        200 * revenue
        + active_customers
        - mod(200 * revenue + active_customers, 2 * active_customers)
            as revenue_dividend
    from paid_orders
),

divided as (
    select
        *,
        cast(orders_dividend / divisor as decimal(38, 0)) as ten_thousandths,
        cast(revenue_dividend / divisor as decimal(38, 0)) as near_cents
    from rounded
),

averaged as (
    select
        *,
        near_cents
        + cast((revenue_dividend - near_cents * divisor) / divisor as decimal(38, 0))
            as cents
    from divided
)

select
    averaged.order_month_start,
    averaged.customer_country,
    averaged.currency,
    averaged.active_customers,
    averaged.orders,
    cast(averaged.revenue as decimal(38, 2)) as revenue,
    cast(averaged.ten_thousandths * 0.0001 as decimal(18, 4))
        as orders_per_active_customer,
    cast(averaged.cents * 0.01 as decimal(38, 2)) as revenue_per_active_customer,
    order_months.is_complete_month
from averaged
inner join {{ ref('order_months') }}
    on averaged.order_month_start = order_months.order_month_start
