-- Grain: one rejected row of one run.
-- Made from its contract by `make docs`. For the parameter lake put the root of the lake, such as
-- s3://bucket/prefix.
-- Partitions follow from their names and need no registering; registered ones are not looked at.
-- A query must name a run_id, such as `where run_id = '…'`; without that it fails.
create external table if not exists quarantine_events (
    `raw_record` string comment 'The row as delivered',
    `source_header` string comment 'Header line of its file; null for JSON',
    `source_file` string comment 'File it came from',
    `reasons` array<string> comment 'All rules it broke',
    `rejected_at` timestamp comment 'When its run started, in UTC'
)
comment 'One rejected row of one run'
partitioned by (
    `run_id` string comment 'Run that rejected it'
)
stored as parquet
location '${lake}/events/quarantine/events/'
tblproperties (
    'classification' = 'parquet',
    'projection.enabled' = 'true',
    'projection.run_id.type' = 'injected',
    'storage.location.template' = '${lake}/events/quarantine/events/run_id=${run_id}/'
)
