-- Ten sales with all columns, the latest first.
select sales.*
from enriched_sales as sales
order by sales.date desc, sales.transaction_id
limit 10
