-- Grain: one month, from the first order to the as-of date, also without orders.
-- The as-of date is the last day with an order. A month has ended if its last day is not after it.
-- A month is complete if it has ended and the first day with an order is not after its first day.
-- The list has ten thousand months, so the lake may span 833 years.
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
        min(order_date) as first_order_date,
        max(order_date) as as_of_date
    from {{ ref('stg_orders') }}
),

months as (
    select
        observed.first_order_date,
        observed.as_of_date,
        cast(
            observed.first_month_start
            + month_numbers.month_number * interval '1' month as date
        ) as order_month_start
    from observed
    cross join month_numbers
),

ended as (
    select
        *,
        order_month_start + interval '1' month <= as_of_date + interval '1' day
            as is_ended_month
    from months
)

select
    order_month_start,
    first_order_date,
    as_of_date,
    is_ended_month,
    is_ended_month and first_order_date <= order_month_start as is_complete_month
from ended
where order_month_start <= as_of_date
