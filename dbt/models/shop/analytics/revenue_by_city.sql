-- Grain: one city of users who bought.
select
    users.city,
    count(*) as sales,
    cast(sum(sales.quantity) as bigint) as units,
    cast(sum(sales.total_amount) as decimal(38, 2)) as revenue
from {{ ref('shop_fact_sales') }} as sales
inner join {{ ref('dim_users') }} as users
    on sales.user_key = users.user_key
group by users.city
