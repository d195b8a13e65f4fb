-- The 20 largest sales of each currency in the last month in the lake.
-- The month is read from partition columns, so only one partition of sales is read.
with last_month as (
    select
        year,
        month
    from enriched_sales
    group by year, month
    order by year desc, month desc
    limit 1
),

ranked as (
    select
        sales.*,
        row_number() over (
            partition by sales.currency
            order by sales.total_amount desc, sales.transaction_id asc
        ) as place
    from enriched_sales as sales
    inner join last_month
        on
            sales.year = last_month.year
            and sales.month = last_month.month
)

select
    transaction_id,
    date,
    customer_id,
    product,
    region,
    quantity,
    unit_price,
    currency,
    total_amount
from ranked
where place <= 20
order by currency, place
