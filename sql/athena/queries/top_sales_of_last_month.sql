-- The 20 largest sales of the last month in the lake.
-- The month is read from partition columns, so only one partition of sales is read.
with last_month as (
    select
        year,
        month
    from enriched_sales
    group by year, month
    order by year desc, month desc
    limit 1
)

select
    sales.transaction_id,
    sales.date,
    sales.customer_id,
    sales.product,
    sales.region,
    sales.quantity,
    sales.unit_price,
    sales.total_amount
from enriched_sales as sales
inner join last_month
    on
        sales.year = last_month.year
        and sales.month = last_month.month
order by sales.total_amount desc, sales.transaction_id
limit 20
