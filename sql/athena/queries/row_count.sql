-- The number of sales in the lake, and their first and last day.
select
    count(*) as sales,
    min(sales.date) as first_date,
    max(sales.date) as last_date
from enriched_sales as sales
