-- Grain: one order, of any payment status.
select
    order_id,
    order_timestamp,
    order_date,
    -- Of partition columns alone, so that a filter on it leaves out the files of other months.
    cast(order_year || '-' || order_month || '-01' as date) as order_month_start,
    customer_id,
    customer_country,
    customer_segment,
    sales_channel,
    payment_method,
    payment_status,
    payment_status = 'paid' as is_paid,
    currency,
    order_total,
    item_count,
    items_total,
    order_year,
    order_month
from {{ source('orders', 'fact_orders') }}
