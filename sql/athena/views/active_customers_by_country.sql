-- Grain: one month × country with a paid order of a known customer.
-- A customer with a paid order in a month is active in that month, in any currency.
create or replace view active_customers_by_country as
with active as (
    select
        order_month_start,
        customer_country,
        count(distinct customer_id) as active_customers
    from stg_orders
    where is_paid and customer_id is not null
    group by order_month_start, customer_country
)

select
    active.order_month_start,
    active.customer_country,
    active.active_customers,
    order_months.is_complete_month
from active
inner join order_months
    on active.order_month_start = order_months.order_month_start
