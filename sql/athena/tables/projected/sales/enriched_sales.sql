-- Grain: one sale.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- Partitions follow from their names and need no registering; registered ones are not looked at.
create external table if not exists enriched_sales (
    `transaction_id` string comment 'Identifies the sale',
    `date` date comment 'Day of the sale, in UTC or in the time zone of its source profile',
    `customer_id` string comment 'Buyer, as known to customers',
    `product` string comment 'Product name',
    `quantity` decimal(12,3) comment 'Units sold; negative for a return',
    `unit_price` decimal(12,4) comment 'Price of one unit',
    `region` string comment 'Sales region',
    `total_amount` decimal(18,2) comment 'What the buyer pays, to the cent: quantity × unit_price - discount_amount + tax_amount + shipping_amount; negative for a return',
    `currency` string comment 'Currency of its amounts; null where it is not delivered',
    `discount_amount` decimal(18,2) comment 'Discount that is in total_amount, above zero',
    `tax_amount` decimal(18,2) comment 'Tax that is in total_amount beside the price',
    `shipping_amount` decimal(18,2) comment 'Shipping that is in total_amount',
    `age_group` string comment 'Age group, such as 26-35',
    `membership_tier` string comment 'Bronze, Silver, Gold or Platinum',
    `signup_date` date comment 'Day the customer signed up',
    `is_return` boolean comment 'Whether the goods came back (quantity < 0)',
    `day` int comment 'Day of the month of the sale',
    `source_file` string comment 'File that the row came from'
)
comment 'One sale'
partitioned by (
    `year` int comment 'Year of the sale',
    `month` int comment 'Month of the sale, 1 to 12'
)
stored as parquet
location '${lake}/sales/enriched_sales/'
tblproperties (
    'classification' = 'parquet',
    'projection.enabled' = 'true',
    'projection.year.type' = 'integer',
    'projection.year.range' = '1970,2099',
    'projection.month.type' = 'integer',
    'projection.month.range' = '1,12',
    'storage.location.template' = '${lake}/sales/enriched_sales/year=${year}/month=${month}/'
)
