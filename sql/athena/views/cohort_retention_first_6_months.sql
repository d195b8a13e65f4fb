-- Grain: one cohort × ended month, of its first six months 0 to 5.
-- Written by `salesetl analytics`.
create or replace view cohort_retention_first_6_months as
select
    cohort_month,
    months_since_cohort,
    cohort_size,
    active_customers,
    retention_rate,
    is_complete_month
from cohort_retention
where months_since_cohort <= 5
