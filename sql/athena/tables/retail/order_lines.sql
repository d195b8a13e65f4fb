-- Grain: one line of an order, as its last delivery has it.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- Run `msck repair table order_lines` then, and when a run has added a partition.
create external table if not exists order_lines (
    `order_id` string comment 'Identifies the order',
    `line_number` int comment 'Place of the line in its order, from 1',
    `customer_id` string comment 'Buyer, as known to customers',
    `product_id` string comment 'Product, as known to products',
    `order_date` date comment 'Day of the order',
    `quantity` int comment 'Units sold; negative for a return',
    `unit_price` decimal(12,4) comment 'Price of one unit',
    `total_amount` decimal(18,2) comment 'quantity × unit_price, to the cent; negative for a return',
    `delivered_on` date comment 'Day of the delivery, from the folder of its file',
    `source_file` string comment 'File that the row came from'
)
comment 'One line of an order, as its last delivery has it'
partitioned by (
    `year` int comment 'Year of order_date',
    `month` int comment 'Month of order_date, 1 to 12'
)
stored as parquet
location '${lake}/retail/order_lines/'
tblproperties (
    'classification' = 'parquet'
)
