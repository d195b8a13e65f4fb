-- Grain: one order.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- Run `msck repair table fact_orders` then, and when a run has added a partition.
create external table if not exists fact_orders (
    `order_id` string comment 'Identifies the order',
    `order_timestamp` timestamp comment 'When it was placed: ISO 8601, or milliseconds or nanoseconds since 1970',
    `order_date` date comment 'Day of the order, in UTC or in the time zone of its source profile',
    `customer_id` string comment 'Buyer',
    `customer_country` string comment 'Country of the buyer',
    `customer_segment` string comment 'Segment of the buyer',
    `sales_channel` string comment 'online, store or mobile_app',
    `payment_method` string comment 'How it was paid',
    `payment_status` string comment 'paid, refunded, cancelled or pending',
    `currency` string comment 'Currency of all its amounts',
    `order_total` decimal(18,2) comment 'What the buyer pays; negative for a refund that is an order of its own',
    `discount_amount` decimal(18,2) comment 'Discount that is in order_total, above zero',
    `tax_amount` decimal(18,2) comment 'Tax that is in order_total beside the prices',
    `shipping_amount` decimal(18,2) comment 'Shipping that is in order_total',
    `refund_amount` decimal(18,2) comment 'What was given back of order_total later, above zero',
    `item_count` int comment 'Number of its lines',
    `items_total` decimal(18,2) comment 'Sum of its lines as they are in the lake',
    `source_file` string comment 'File that the row came from'
)
comment 'One order'
partitioned by (
    `order_year` string comment 'Year of order_date, four digits',
    `order_month` string comment 'Month of order_date, two digits'
)
stored as parquet
location '${lake}/orders/fact_orders/'
tblproperties (
    'classification' = 'parquet'
)
