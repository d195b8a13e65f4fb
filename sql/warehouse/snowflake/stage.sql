-- Lets Snowflake read a lake on S3 without a key: run once by an administrator, for
-- `--warehouse 'snowflake://…&stage=shop.public.lake'`. Written by hand, and not yet run on a real account.
-- Names to change: the role of AWS, the bucket with the root of the lake, the database shop.

use role accountadmin;

-- Do not replace it later: a new one has another external id, and the trust of the role ends.
create storage integration if not exists salesetl_lake
    type = external_stage
    storage_provider = 'S3'
    enabled = true
    storage_aws_role_arn = 'arn:aws:iam::123456789012:role/snowflake-lake'
    storage_allowed_locations = ('s3://bucket/lake/');

-- STORAGE_AWS_IAM_USER_ARN and STORAGE_AWS_EXTERNAL_ID go into the trust policy of the role.
describe integration salesetl_lake;

grant usage on integration salesetl_lake to role sysadmin;

use role sysadmin;

create file format if not exists shop.public.lake_parquet
    type = parquet
    use_logical_type = true
    null_if = ();

-- It is over the root of the lake, the path of --output_path, with a slash at its end.
create stage if not exists shop.public.lake
    url = 's3://bucket/lake/'
    storage_integration = salesetl_lake
    file_format = (format_name = 'shop.public.lake_parquet');

-- Who may use the stage can read every file of the lake, rejected rows too.
grant usage on database shop to role salesetl_loader;
grant usage on schema shop.public to role salesetl_loader;
grant usage on file format shop.public.lake_parquet to role salesetl_loader;
grant usage on stage shop.public.lake to role salesetl_loader;
