-- Grain: one customer × month with a paid order. In these months the customer is active.
select distinct
    customer_id,
    order_month_start
from {{ ref('stg_orders') }}
where is_paid and customer_id is not null
