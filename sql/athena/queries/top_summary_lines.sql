-- The 20 lines of the summary, a region's product in one month, with the greatest net revenue.
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
