-- Net revenue, transactions and units sold less units returned of each product, by currency.
select
    currency,
    product,
    cast(sum(total_revenue) as decimal(38, 2)) as total_revenue,
    cast(sum(transaction_count) as bigint) as transaction_count,
    cast(sum(units_sold) as decimal(38, 3)) as units_sold
from sales_summary
group by currency, product
order by currency, total_revenue desc, product
