-- Grain: one user.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- It has no partitions.
create external table if not exists users (
    `user_id` string comment 'Identifies the user',
    `name` string comment 'Name',
    `phone_number` string comment 'Phone number',
    `city` string comment 'City of the user',
    `source_file` string comment 'File that the row came from'
)
comment 'One user'
stored as parquet
location '${lake}/shop/users/'
tblproperties (
    'classification' = 'parquet'
)
