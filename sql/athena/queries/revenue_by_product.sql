-- Net revenue, transactions and units sold less units returned of each product.
select
    product,
    cast(sum(total_revenue) as decimal(38, 2)) as total_revenue,
    cast(sum(transaction_count) as bigint) as transaction_count,
    cast(sum(units_sold) as bigint) as units_sold
from sales_summary
group by product
order by total_revenue desc, product
