-- Grain: one month from that of the first order to that of the as-of date, with orders or without.
-- The as-of date is the last day with an order; a month is complete when it ends by then.
-- A thousand months are listed, so the lake may span 83 years.
create or replace view order_months as
with digits as (
    select digit
    from (values (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) as listed (digit)
),

month_numbers as (
    select
        thousands.digit * 1000 + hundreds.digit * 100 + tens.digit * 10 + ones.digit
            as month_number
    from digits as thousands
    cross join digits as hundreds
    cross join digits as tens
    cross join digits as ones
),

observed as (
    select
        min(order_month_start) as first_month_start,
        max(order_date) as as_of_date
    from stg_orders
),

months as (
    select
        observed.as_of_date,
        cast(
            observed.first_month_start
            + month_numbers.month_number * interval '1' month as date
        ) as order_month_start
    from observed
    cross join month_numbers
)

select
    order_month_start,
    as_of_date,
    order_month_start + interval '1' month <= as_of_date + interval '1' day
        as is_complete_month
from months
where order_month_start <= as_of_date
