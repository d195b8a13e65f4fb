-- Grain: one currency × region × product × year × month.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- Partitions follow from their names and need no registering; registered ones are not looked at.
create external table if not exists sales_summary (
    `currency` string comment 'Currency of the amounts',
    `region` string comment 'Sales region',
    `product` string comment 'Product name',
    `total_revenue` decimal(38,2) comment 'Net revenue: sales less returns',
    `transaction_count` bigint comment 'Sales and returns',
    `avg_transaction_value` decimal(18,2) comment 'Net revenue a transaction, half-up',
    `units_sold` decimal(38,3) comment 'Units sold less units returned',
    `return_amount` decimal(38,2) comment 'Revenue of returns, zero or negative',
    `discount_amount` decimal(38,2) comment 'Discounts that are in total_revenue',
    `tax_amount` decimal(38,2) comment 'Tax that is in total_revenue',
    `shipping_amount` decimal(38,2) comment 'Shipping that is in total_revenue',
    `customer_count` bigint comment 'Distinct customers'
)
comment 'One currency × region × product × year × month'
partitioned by (
    `year` int comment 'Year of the sales',
    `month` int comment 'Month of the sales, 1 to 12'
)
stored as parquet
location '${lake}/sales/sales_summary/'
tblproperties (
    'classification' = 'parquet',
    'projection.enabled' = 'true',
    'projection.year.type' = 'integer',
    'projection.year.range' = '1970,2099',
    'projection.month.type' = 'integer',
    'projection.month.range' = '1,12',
    'storage.location.template' = '${lake}/sales/sales_summary/year=${year}/month=${month}/'
)
