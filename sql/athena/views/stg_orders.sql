-- Grain: one order, of any payment status.
create or replace view stg_orders as
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
    discount_amount,
    tax_amount,
    shipping_amount,
    -- What came back of this order, or as an order of its own.
    cast(
        coalesce(refund_amount, 0)
        + case
            when payment_status = 'refunded' and order_total < 0 then -order_total
            else 0
        end as decimal(19, 2)
    ) as refunded,
    item_count,
    items_total,
    order_year,
    order_month
from fact_orders
