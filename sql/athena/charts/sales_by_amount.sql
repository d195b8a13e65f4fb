-- How many sales have each amount; returns are left out.
select
    total_amount,
    count(*) as sales
from enriched_sales
where not is_return
group by total_amount
order by total_amount
