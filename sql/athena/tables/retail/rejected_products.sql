-- Grain: one rejected row of a delivery of products.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- It has no partitions.
create external table if not exists rejected_products (
    `product_id` string comment 'Identifies the product',
    `delivered_on` date comment 'Day of the delivery, from the folder of its file',
    `source_file` string comment 'File that the row came from'
)
comment 'One rejected row of a delivery of products'
stored as parquet
location '${lake}/retail/rejected_products/'
tblproperties (
    'classification' = 'parquet'
)
