-- The number of sales of each amount and currency, without returns.
select
    currency,
    total_amount,
    count(*) as sales
from enriched_sales
where not is_return
group by currency, total_amount
order by currency, total_amount
