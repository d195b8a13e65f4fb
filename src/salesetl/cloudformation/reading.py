"""Build the access of those who only read tables: the policy of readers, and the crawler."""

from typing import Any

from salesetl.cloudformation.permissions import (
    LAKE,
    PROCESSED,
    allow,
    allow_list,
    allow_names,
    arn,
    bucket_arn,
    document,
    key_statement,
    role,
    table_arns,
)
from salesetl.model.pipeline import Pipeline

READ_ACTIONS = (
    "glue:GetDatabase",
    "glue:GetDatabases",
    "glue:GetTable",
    "glue:GetTables",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:BatchGetPartition",
)
_CRAWLER_ACTIONS = (
    *READ_ACTIONS,
    "glue:CreateTable",
    "glue:UpdateTable",
    "glue:BatchCreatePartition",
)


def reading_resources(pipeline: Pipeline) -> dict[str, Any]:
    """Return the policy of readers and the crawler. Neither can read quarantine."""
    return {
        "ReaderPolicy": _reader_policy(pipeline),
        "CrawlerRole": _crawler_role(pipeline) | {"Condition": "HasCrawler"},
        "TableCrawler": _crawler(pipeline) | {"Condition": "HasCrawler"},
    }


def _folders(pipeline: Pipeline) -> list[str]:
    return [f"{LAKE}/{table.folder}" for table in pipeline.tables]


def read_tables(pipeline: Pipeline) -> dict[str, Any]:
    """Return a statement that allows to read the files of the tables, but no quarantine."""
    bucket = bucket_arn(PROCESSED)
    objects = [f"{bucket}/{folder}/*" for folder in _folders(pipeline)]
    return allow("ReadTables", ["s3:GetObject"], objects)


def _reader_policy(pipeline: Pipeline) -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "ManagedPolicyName": f"salesetl-${{Env}}-${{AWS::Region}}-read-{pipeline.name}",
            "Description": f"Reads the tables of {pipeline.name}",
            "PolicyDocument": document(
                # All tables, because views are there too. Readers can see that quarantine exists,
                # but cannot read its rows.
                allow("Catalog", READ_ACTIONS, table_arns(["*"])),
                allow("Locate", ["s3:GetBucketLocation"], [bucket_arn(PROCESSED)]),
                allow_list("ListTables", PROCESSED, _folders(pipeline)),
                read_tables(pipeline),
                key_statement(),
            ),
        },
    }


def _crawler_role(pipeline: Pipeline) -> dict[str, Any]:
    logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    names = [table.sql_name for table in pipeline.tables]
    return role(
        f"crawler-{pipeline.name}",
        [
            allow_names(PROCESSED),
            read_tables(pipeline),
            allow("Catalog", _CRAWLER_ACTIONS, table_arns(names)),
            allow("Logs", logs, [arn("logs", "log-group:/aws-glue/crawlers*")]),
            key_statement(),
        ],
    )


def _crawler(pipeline: Pipeline) -> dict[str, Any]:
    paths = [f"s3://{PROCESSED}/{folder}/" for folder in _folders(pipeline)]
    return {
        "Type": "AWS::Glue::Crawler",
        "Properties": {
            "Name": f"salesetl-${{Env}}-{pipeline.name}",
            "Role": "${CrawlerRole.Arn}",
            "DatabaseName": "${Database}",
            "Targets": {"S3Targets": [{"Path": path} for path in paths]},
            # The columns come from the contract, whatever the crawler finds.
            "SchemaChangePolicy": {"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"},
        },
    }
