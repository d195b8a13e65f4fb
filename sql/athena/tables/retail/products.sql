-- Grain: one product as delivered on a day.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- Run `msck repair table products` then, and when a run has added a partition.
create external table if not exists products (
    `product_id` string comment 'Identifies the product',
    `product_name` string comment 'Name of the product',
    `category` string comment 'Category of the product',
    `price` decimal(12,4) comment 'Price of one unit on the day of the delivery',
    `stock_quantity` int comment 'Units in stock; null if not delivered',
    `source_file` string comment 'File that the row came from'
)
comment 'One product as delivered on a day'
partitioned by (
    `delivered_on` date comment 'Day of the delivery, from the folder of its file'
)
stored as parquet
location '${lake}/retail/products/'
tblproperties (
    'classification' = 'parquet'
)
