-- Grain: one line of an order, of any payment status.
select
    order_id,
    line_number,
    order_date,
    -- Of partition columns alone, so that a filter on it leaves out the files of other months.
    cast(order_year || '-' || order_month || '-01' as date) as order_month_start,
    currency,
    product_id,
    category,
    quantity,
    unit_price,
    line_total,
    order_year,
    order_month
from {{ source('orders', 'fact_order_items') }}
