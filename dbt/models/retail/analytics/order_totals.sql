-- Grain: one order. What the other analytics count orders by. Its buyer is one that a line names, its
-- day that of its first line: a few exports repeat them differently in the lines of one order.
select
    lines.order_id,
    max(customers.customer_id) as customer_id,
    min(days.full_date) as order_date,
    cast(count(*) as integer) as lines,
    cast(sum(lines.quantity) as bigint) as units,
    cast(sum(lines.total_amount) as decimal(38, 2)) as revenue
from {{ ref('fact_order_lines') }} as lines
inner join {{ ref('dim_customers') }} as customers
    on lines.customer_key = customers.customer_key
inner join {{ ref('dim_date') }} as days
    on lines.date_key = days.date_key
group by lines.order_id
