-- Grain: one customer × month with a paid order. In these months the customer is active.
create or replace view customer_months as
select distinct
    customer_id,
    order_month_start
from stg_orders
where is_paid and customer_id is not null
