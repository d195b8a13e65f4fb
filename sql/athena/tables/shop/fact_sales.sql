-- Grain: one sale.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- It has no partitions.
create external table if not exists fact_sales (
    `order_id` string comment 'Identifies the sale',
    `user_id` string comment 'Buyer, as known to users',
    `product_id` string comment 'Product, as known to products',
    `quantity` int comment 'Units sold; negative for a return',
    `unit_price` decimal(12,4) comment 'Price of one unit',
    `total_amount` decimal(18,2) comment 'quantity × unit_price, to the cent; negative for a return',
    `payment_type` string comment 'How it was paid',
    `order_time` timestamp comment 'When it was sold: ISO 8601, or milliseconds or nanoseconds since 1970',
    `sale_date` date comment 'Day of the sale, in UTC or in the time zone of its source profile',
    `source_file` string comment 'File that the row came from'
)
comment 'One sale'
stored as parquet
location '${lake}/shop/fact_sales/'
tblproperties (
    'classification' = 'parquet'
)
