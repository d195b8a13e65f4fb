-- The number of sales of each amount, without returns.
select
    total_amount,
    count(*) as sales
from enriched_sales
where not is_return
group by total_amount
order by total_amount
