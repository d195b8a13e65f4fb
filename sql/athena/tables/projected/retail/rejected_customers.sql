-- Grain: one rejected row of a delivery of customers.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- It has no partitions.
create external table if not exists rejected_customers (
    `customer_id` string comment 'Identifies the customer',
    `delivered_on` date comment 'Day of the delivery, from the folder of its file',
    `source_file` string comment 'File that the row came from'
)
comment 'One rejected row of a delivery of customers'
stored as parquet
location '${lake}/retail/rejected_customers/'
tblproperties (
    'classification' = 'parquet'
)
