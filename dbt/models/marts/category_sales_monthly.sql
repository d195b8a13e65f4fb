-- Grain: one month × currency × category with a paid order.
-- The share is the share of the month's revenue in the currency. The price is weighted by quantity.
-- Written by `salesetl analytics`.
with paid_lines as (
    select
        order_items.order_month_start,
        order_items.currency,
        order_items.category,
        order_items.line_total,
        -- Wide enough for any quantity at any price.
        cast(order_items.quantity as decimal(20, 0)) as quantity,
        cast(order_items.quantity as decimal(20, 0)) * order_items.unit_price
            as exact_total
    from {{ ref('stg_order_items') }} as order_items
    inner join {{ ref('stg_orders') }} as orders
        on
            order_items.order_id = orders.order_id
            -- An order has the month of its lines, so that a filter on one is one on both.
            and order_items.order_month_start = orders.order_month_start
    where orders.is_paid
),

category_sales as (
    select
        order_month_start,
        currency,
        category,
        sum(line_total) as revenue,
        sum(quantity) as units_sold,
        sum(exact_total) as exact_revenue
    from paid_lines
    group by order_month_start, currency, category
),

monthly_sales as (
    select
        *,
        nullif(sum(revenue) over (partition by order_month_start, currency), 0)
            as monthly_revenue
    from category_sales
),

-- Rounded half up with integers: docs/decisions/0010.
rounded as (
    select
        *,
        2000000 * revenue
        + monthly_revenue
        - mod(2000000 * revenue + monthly_revenue, 2 * monthly_revenue)
            as share_dividend,
        20000 * exact_revenue
        + units_sold
        - mod(20000 * exact_revenue + units_sold, 2 * units_sold) as price_dividend
    from monthly_sales
),

divided as (
    select
        *,
        cast(share_dividend / (2 * monthly_revenue) as decimal(38, 0))
            as share_millionths,
        cast(price_dividend / (2 * units_sold) as decimal(38, 0))
            as price_ten_thousandths
    from rounded
)

select
    divided.order_month_start,
    divided.currency,
    divided.category,
    cast(divided.revenue as decimal(38, 2)) as revenue,
    cast(divided.units_sold as bigint) as units_sold,
    cast(divided.share_millionths * 0.000001 as decimal(9, 6)) as revenue_share,
    cast(divided.price_ten_thousandths * 0.0001 as decimal(18, 4)) as avg_unit_price,
    order_months.is_complete_month
from divided
inner join {{ ref('order_months') }}
    on divided.order_month_start = order_months.order_month_start
