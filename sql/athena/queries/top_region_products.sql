-- The 20 pairs of region and product with the largest net revenue, over all months.
select
    region,
    product,
    cast(sum(total_revenue) as decimal(38, 2)) as total_revenue,
    cast(sum(transaction_count) as bigint) as transaction_count,
    cast(sum(units_sold) as bigint) as units_sold
from sales_summary
group by region, product
order by total_revenue desc, region, product
limit 20
