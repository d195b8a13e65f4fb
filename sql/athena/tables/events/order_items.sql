-- Grain: one line of an order, as an event has it.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- Run `msck repair table order_items` then, and when a run has added a partition.
create external table if not exists order_items (
    `event_id` string comment 'Identifies the event',
    `order_id` string comment 'Order that the event is about',
    `line_number` int comment 'Place in its order, from 1',
    `product_id` string comment 'Identifies the product',
    `product_name` string comment 'Name of the product at that time',
    `category` string comment 'Category of the product at that time',
    `quantity` int comment 'Units',
    `unit_price` decimal(12,4) comment 'Price of one unit',
    `line_total` decimal(18,2) comment 'quantity × unit_price, to the cent',
    `currency` string comment 'Currency of the amounts of the order',
    `loaded_at` timestamp comment 'When the run began that has loaded the row'
)
comment 'One line of an order, as an event has it'
partitioned by (
    `event_date` date comment 'Day of the event, in UTC or in the time zone of its source profile'
)
stored as parquet
location '${lake}/events/order_items/'
tblproperties (
    'classification' = 'parquet'
)
