-- Grain: one line of an order.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- Partitions follow from their names and need no registering; registered ones are not looked at.
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
    'classification' = 'parquet',
    'projection.enabled' = 'true',
    'projection.order_year.type' = 'integer',
    'projection.order_year.range' = '1970,2099',
    'projection.order_year.digits' = '4',
    'projection.order_month.type' = 'integer',
    'projection.order_month.range' = '1,12',
    'projection.order_month.digits' = '2',
    'storage.location.template' = '${lake}/orders/fact_order_items/order_year=${order_year}/order_month=${order_month}/'
)
