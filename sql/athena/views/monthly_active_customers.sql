-- Grain: one month, from the first order on, also without orders.
-- A customer with a paid order in a month is active in that month.
-- Written by `salesetl analytics`.
create or replace view monthly_active_customers as
with active as (
    select
        order_month_start,
        count(*) as active_customers
    from customer_months
    group by order_month_start
)

select
    order_months.order_month_start,
    coalesce(active.active_customers, 0) as active_customers,
    order_months.is_complete_month
from order_months
left join active
    on order_months.order_month_start = active.order_month_start
