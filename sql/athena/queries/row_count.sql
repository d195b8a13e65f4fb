-- How many sales the lake holds, and from which day to which.
select
    count(*) as sales,
    min(sales.date) as first_date,
    max(sales.date) as last_date
from enriched_sales as sales
