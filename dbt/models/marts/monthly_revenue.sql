-- Grain: one month × currency with an order; amounts of different currencies are never added.
-- Revenue is the total of paid orders. Refunded and cancelled orders have counts of their own.
-- Net revenue is revenue less what came back of paid orders, also as orders of their own.
-- Written by `salesetl analytics`.
with monthly_orders as (
    select
        order_month_start,
        currency,
        count(*) filter (where is_paid) as orders,
        coalesce(sum(order_total) filter (where is_paid), 0) as revenue,
        count(*) filter (where payment_status = 'refunded') as refunded_orders,
        coalesce(sum(abs(order_total)) filter (where payment_status = 'refunded'), 0)
            as refunded_amount,
        sum(case when is_paid then order_total else 0 end)
        - sum(case when is_paid or order_total < 0 then refunded else 0 end)
            as net_revenue,
        count(*) filter (where payment_status = 'cancelled') as cancelled_orders,
        coalesce(sum(order_total) filter (where payment_status = 'cancelled'), 0)
            as cancelled_amount
    from {{ ref('stg_orders') }}
    group by order_month_start, currency
),

-- Rounded half up with integers: docs/decisions/0010.
rounded as (
    select
        *,
        2 * nullif(orders, 0) as divisor,
        200 * revenue
        + orders
        - mod(200 * revenue + orders, 2 * nullif(orders, 0)) as dividend
    from monthly_orders
),

divided as (
    select
        *,
        cast(dividend / divisor as decimal(38, 0)) as near_cents
    from rounded
),

averaged as (
    select
        *,
        near_cents
        + cast((dividend - near_cents * divisor) / divisor as decimal(38, 0))
            as avg_cents
    from divided
)

select
    averaged.order_month_start,
    averaged.currency,
    averaged.orders,
    cast(averaged.revenue as decimal(38, 2)) as revenue,
    cast(averaged.net_revenue as decimal(38, 2)) as net_revenue,
    cast(averaged.avg_cents * 0.01 as decimal(18, 2)) as avg_order_value,
    averaged.refunded_orders,
    cast(averaged.refunded_amount as decimal(38, 2)) as refunded_amount,
    averaged.cancelled_orders,
    cast(averaged.cancelled_amount as decimal(38, 2)) as cancelled_amount,
    order_months.is_complete_month
from averaged
inner join {{ ref('order_months') }}
    on averaged.order_month_start = order_months.order_month_start
