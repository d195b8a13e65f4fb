-- Grain: one event.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- Partitions follow from their names and need no registering; registered ones are not looked at.
create external table if not exists events (
    `event_id` string comment 'Identifies the event',
    `event_type` string comment 'What has happened',
    `session_id` string comment 'Visit that the event is part of',
    `event_timestamp` timestamp comment 'When it happened: ISO 8601, or milliseconds or nanoseconds since 1970',
    `customer_id` string comment 'Who did it',
    `customer_name` string comment 'Name at that time',
    `customer_email` string comment 'E-mail address at that time',
    `customer_country` string comment 'Country at that time',
    `channel` string comment 'What the visit came through, such as Google',
    `device` string comment 'mobile, desktop or tablet',
    `product_id` string comment 'Product of a view',
    `product_name` string comment 'Its name',
    `product_category` string comment 'Its category',
    `product_price` decimal(12,4) comment 'Its price as shown',
    `order_id` string comment 'Order that the event is about',
    `order_status` string comment 'State of the order as of this event',
    `order_subtotal` decimal(18,2) comment 'Sum of the lines of the order, without tax and shipping',
    `order_tax` decimal(18,2) comment 'Tax on the order',
    `order_shipping` decimal(18,2) comment 'Shipping of the order',
    `order_total` decimal(18,2) comment 'What the buyer pays: order_subtotal + order_tax + order_shipping',
    `currency` string comment 'Currency of the amounts of the order',
    `event_data` string comment 'The event as delivered, with the lines of its order',
    `source_file` string comment 'File that the row came from',
    `file_row_number` int comment 'Place of the row in its file, from 1; null where it was replayed',
    `loaded_at` timestamp comment 'When the run began that has loaded the row'
)
comment 'One event'
partitioned by (
    `event_date` date comment 'Day of the event, in UTC or in the time zone of its source profile'
)
stored as parquet
location '${lake}/events/events/'
tblproperties (
    'classification' = 'parquet',
    'projection.enabled' = 'true',
    'projection.event_date.type' = 'date',
    'projection.event_date.range' = '2000-01-01,NOW',
    'projection.event_date.format' = 'yyyy-MM-dd',
    'storage.location.template' = '${lake}/events/events/event_date=${event_date}/'
)
