-- Grain: one way to pay.
select
    sales.payment_type,
    count(*) as sales,
    cast(sum(sales.quantity) as bigint) as units,
    cast(sum(sales.total_amount) as decimal(38, 2)) as revenue
from {{ ref('shop_fact_sales') }} as sales
group by sales.payment_type
