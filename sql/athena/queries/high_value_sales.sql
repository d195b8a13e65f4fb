-- 50 sales above 1,000, by currency the largest first.
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
    sales.membership_tier
from enriched_sales as sales
where sales.total_amount > 1000
order by sales.currency, sales.total_amount desc, sales.transaction_id
limit 50
