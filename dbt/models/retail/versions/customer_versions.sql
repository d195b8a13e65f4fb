-- Grain: one version of a customer.
{{ versions_of(
    source('retail', 'customers'),
    source('retail', 'rejected_customers'),
    'customer_id',
    ['first_name', 'last_name', 'email', 'registration_date'],
) }}
