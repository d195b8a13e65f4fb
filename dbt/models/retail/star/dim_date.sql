-- Grain: one day of the years from the first order to the last, of the run where there is none.
{{ days_of(source('retail', 'order_lines'), 'order_date') }}
