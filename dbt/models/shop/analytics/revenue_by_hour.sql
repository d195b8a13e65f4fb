-- Grain: one hour of the day, in UTC, with a sale.
select
    sales.sale_hour,
    count(*) as sales,
    cast(sum(sales.quantity) as bigint) as units,
    cast(sum(sales.total_amount) as decimal(38, 2)) as revenue
from {{ ref('shop_fact_sales') }} as sales
group by sales.sale_hour
