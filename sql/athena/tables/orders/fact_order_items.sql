-- Grain: one line of an order.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- Run `msck repair table fact_order_items` then, and when a run has added a partition.
create external table if not exists fact_order_items (
    `order_id` string comment 'Identifies the order',
    `line_number` int comment 'Place in its order, from 1',
    `order_date` date comment 'Day of the order, in UTC or in the time zone of its source profile',
    `currency` string comment 'Currency of all its amounts',
    `product_id` string comment 'Identifies the product',
    `category` string comment 'Category of the product',
    `quantity` int comment 'Units; negative for a refund',
    `unit_price` decimal(12,4) comment 'Price of one unit',
    `line_total` decimal(18,2) comment 'quantity × unit_price, to the cent'
)
comment 'One line of an order'
partitioned by (
    `order_year` string comment 'Year of order_date, four digits',
    `order_month` string comment 'Month of order_date, two digits'
)
stored as parquet
location '${lake}/orders/fact_order_items/'
tblproperties (
    'classification' = 'parquet'
)
