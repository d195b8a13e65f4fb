-- Months whose categories have not all of the month's revenue, but for the rounding of each share.
select
    order_month_start,
    currency,
    sum(revenue_share) as revenue_share
from {{ ref('category_sales_monthly') }}
where revenue_share is not null
group by order_month_start, currency
having abs(sum(revenue_share) - 1) > count(*) * 0.000001
