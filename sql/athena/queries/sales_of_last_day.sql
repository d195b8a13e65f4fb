-- All sales and returns of the last day in the lake.
with last_day as (
    select max(sales.date) as last_date
    from enriched_sales as sales
)

select
    sales.transaction_id,
    sales.date,
    sales.customer_id,
    sales.product,
    sales.region,
    sales.quantity,
    sales.unit_price,
    sales.currency,
    sales.total_amount,
    sales.is_return
from enriched_sales as sales
inner join last_day
    on
        sales.date = last_day.last_date
        -- So that of the other columns only the partition of its month is read.
        and sales.year = year(last_day.last_date)
        and sales.month = month(last_day.last_date)
order by sales.transaction_id
