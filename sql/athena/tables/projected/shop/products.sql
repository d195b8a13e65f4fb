-- Grain: one product.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- It has no partitions.
create external table if not exists products (
    `product_id` string comment 'Identifies the product',
    `product_name` string comment 'Name of the product',
    `category` string comment 'Category of the product',
    `current_price` decimal(12,4) comment 'Price of one unit',
    `source_file` string comment 'File that the row came from'
)
comment 'One product'
stored as parquet
location '${lake}/shop/products/'
tblproperties (
    'classification' = 'parquet'
)
