-- A number that is not the same in staging, in the fact, and in what is made of it.
with staged as (
    select
        count(*) as sales,
        coalesce(sum(total_amount), 0) as revenue
    from {{ source('shop', 'fact_sales') }}
),

fact as (
    select
        count(*) as sales,
        coalesce(sum(total_amount), 0) as revenue
    from {{ ref('shop_fact_sales') }}
),

made as (
    {% for model in ['revenue_by_city', 'revenue_by_shop_category', 'revenue_by_payment_type',
                     'revenue_by_hour'] %}
    select
        coalesce(sum(sales), 0) as sales,
        coalesce(sum(revenue), 0) as revenue
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {% endfor %}
)

select made.sales
from staged
cross join fact
cross join made
where
    staged.sales <> fact.sales
    or staged.sales <> made.sales
    or staged.revenue <> fact.revenue
    or staged.revenue <> made.revenue
