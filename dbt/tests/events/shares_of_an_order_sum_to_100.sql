-- An order that is worth something, the shares of whose lines do not sum to 100.
select order_id
from {{ ref('analytics_order_items') }}
group by order_id
having sum(line_total) > 0 and sum(share_of_order) <> 100
