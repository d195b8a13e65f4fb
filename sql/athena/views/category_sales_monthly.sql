-- Grain: one month × currency × category with a paid order.
-- The share is that of the month's revenue in the currency; the price is weighted by quantity.
create or replace view category_sales_monthly as
with paid_lines as (
    select
        order_items.order_month_start,
        orders.currency,
        order_items.category,
        order_items.quantity,
        order_items.unit_price,
        order_items.line_total
    from stg_order_items as order_items
    inner join stg_orders as orders
        on order_items.order_id = orders.order_id
    where orders.is_paid
),

category_sales as (
    select
        order_month_start,
        currency,
        category,
        sum(line_total) as revenue,
        sum(quantity) as units_sold,
        sum(quantity * unit_price) as exact_revenue
    from paid_lines
    group by order_month_start, currency, category
),

monthly_sales as (
    select
        *,
        sum(revenue) over (partition by order_month_start, currency) as monthly_revenue
    from category_sales
),

divided as (
    select
        *,
        cast(
            cast(revenue as decimal(38, 8)) / nullif(monthly_revenue, 0)
            as decimal(38, 8)
        ) as revenue_share,
        cast(
            cast(exact_revenue as decimal(38, 8)) / units_sold as decimal(38, 8)
        ) as avg_unit_price
    from monthly_sales
)

select
    order_month_start,
    currency,
    category,
    cast(revenue as decimal(38, 2)) as revenue,
    cast(units_sold as bigint) as units_sold,
    cast(revenue_share as decimal(9, 6)) as revenue_share,
    cast(avg_unit_price as decimal(18, 4)) as avg_unit_price
from divided
