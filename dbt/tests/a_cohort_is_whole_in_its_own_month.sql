-- Cohorts of which not every customer is active in month 0.
select
    cohort_month,
    cohort_size,
    active_customers
from {{ ref('cohort_retention') }}
where months_since_cohort = 0 and active_customers <> cohort_size
