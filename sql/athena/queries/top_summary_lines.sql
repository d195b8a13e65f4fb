-- The 20 rows of the summary (region, product, month) with the largest net revenue.
select
    region,
    product,
    year,
    month,
    total_revenue,
    transaction_count,
    avg_transaction_value,
    units_sold,
    return_amount,
    customer_count
from sales_summary
order by total_revenue desc, year, month, region, product
limit 20
