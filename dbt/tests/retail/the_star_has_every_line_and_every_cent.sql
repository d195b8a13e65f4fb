-- A number that is not the same in staging, in the star, and in what is made of it.
with staged as (
    select
        count(*) as lines,
        coalesce(sum(total_amount), 0) as revenue
    from {{ source('retail', 'order_lines') }}
),

star as (
    select
        count(*) as lines,
        coalesce(sum(total_amount), 0) as revenue
    from {{ ref('fact_order_lines') }}
),

orders as (
    select
        coalesce(sum(lines), 0) as lines,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref('order_totals') }}
),

days as (
    select coalesce(sum(revenue), 0) as revenue
    from {{ ref('revenue_by_day') }}
),

categories as (
    select coalesce(sum(revenue), 0) as revenue
    from {{ ref('revenue_by_category') }}
)

select staged.lines
from staged
cross join star
cross join orders
cross join days
cross join categories
where
    staged.lines <> star.lines
    or staged.lines <> orders.lines
    or staged.revenue <> star.revenue
    or staged.revenue <> orders.revenue
    or staged.revenue <> days.revenue
    or staged.revenue <> categories.revenue
