-- Grain: one customer as delivered on a day.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- Partitions follow from their names and need no registering; registered ones are not looked at.
create external table if not exists customers (
    `customer_id` string comment 'Identifies the customer',
    `first_name` string comment 'First name',
    `last_name` string comment 'Last name',
    `email` string comment 'E-mail address',
    `registration_date` date comment 'Day the customer registered',
    `source_file` string comment 'File that the row came from'
)
comment 'One customer as delivered on a day'
partitioned by (
    `delivered_on` date comment 'Day of the delivery, from the folder of its file'
)
stored as parquet
location '${lake}/retail/customers/'
tblproperties (
    'classification' = 'parquet',
    'projection.enabled' = 'true',
    'projection.delivered_on.type' = 'date',
    'projection.delivered_on.range' = '2000-01-01,NOW',
    'projection.delivered_on.format' = 'yyyy-MM-dd',
    'storage.location.template' = '${lake}/retail/customers/delivered_on=${delivered_on}/'
)
