-- The 50 largest sales above 1,000, of each currency.
with ranked as (
    select
        sales.*,
        row_number() over (
            partition by sales.currency
            order by sales.total_amount desc, sales.transaction_id asc
        ) as place
    from enriched_sales as sales
    where sales.total_amount > 1000
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
    total_amount,
    membership_tier
from ranked
where place <= 50
order by currency, place
