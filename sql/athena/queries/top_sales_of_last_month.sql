-- The 20 greatest sales of the last month in the lake.
with last_month as (
    select max(year * 100 + month) as month_number
    from enriched_sales
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
    on sales.year * 100 + sales.month = last_month.month_number
order by sales.total_amount desc, sales.transaction_id
limit 20
