"""What those need who read the tables of all jobs: analysts, and the crawler."""

from typing import Any

from salesetl.cloudformation.permissions import (
    LAKE,
    allow,
    allow_list,
    allow_names,
    arn,
    document,
    key_statement,
    role,
    table_arns,
)
from salesetl.registry import published_tables

_QUERY_ACTIONS = (
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetQueryRuntimeStatistics",
    "athena:ListQueryExecutions",
    "athena:GetWorkGroup",
)
_BROWSING = (
    "athena:GetDataCatalog",
    "athena:ListDatabases",
    "athena:GetDatabase",
    "athena:ListTableMetadata",
    "athena:GetTableMetadata",
)
_LOOKING = (
    "glue:GetDatabase",
    "glue:GetTable",
    "glue:GetTables",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:BatchGetPartition",
)
_CRAWLING = (
    *_LOOKING,
    "glue:CreateTable",
    "glue:UpdateTable",
    "glue:BatchCreatePartition",
)


def reading_resources() -> dict[str, Any]:
    """Return the policy of analysts, and the crawler with its role. None reads quarantine."""
    return {
        "AnalystPolicy": _analyst_policy(),
        "CrawlerRole": _crawler_role() | {"Condition": "HasCrawler"},
        "TableCrawler": _crawler() | {"Condition": "HasCrawler"},
    }


def _folders() -> list[str]:
    return [f"{LAKE}/{table.folder}" for table in published_tables()]


def _names() -> list[str]:
    return [table.sql_name for table in published_tables()]


def _read_tables() -> dict[str, Any]:
    bucket = "${ProcessedBucket.Arn}"
    objects = [f"{bucket}/{folder}/*" for folder in _folders()]
    return allow("ReadTables", ["s3:GetObject"], objects)


def _analyst_policy() -> dict[str, Any]:
    return {
        "Type": "AWS::IAM::ManagedPolicy",
        "Properties": {
            "ManagedPolicyName": "salesetl-${Env}-${AWS::Region}-analyst",
            "Description": "Reads the tables of salesetl and queries them in its workgroup",
            "PolicyDocument": document(
                *_asking(), *_finding(), *_fetching(), key_statement()
            ),
        },
    }


def _asking() -> list[dict[str, Any]]:
    """Return what it takes to query in the workgroup, also by the console of Athena."""
    # It lists them before anybody can choose one; neither action has resources.
    choosing = ["athena:ListWorkGroups", "athena:ListDataCatalogs"]
    return [
        allow("Query", _QUERY_ACTIONS, [arn("athena", "workgroup/${WorkGroup}")]),
        allow("Choose", choosing, ["*"]),
        allow("Browse", _BROWSING, [arn("athena", "datacatalog/AwsDataCatalog")]),
    ]


def _finding() -> list[dict[str, Any]]:
    # Athena asks for `default`, whatever database a query is of.
    databases = ("catalog", "database/${Database}", "database/default")
    return [
        allow(
            "Databases",
            ["glue:GetDatabase", "glue:GetDatabases"],
            [arn("glue", rest) for rest in databases],
        ),
        # Views are looked up there, too. What the catalogue tells of other tables is where they
        # are, and no row of them can be read.
        allow("Catalog", _LOOKING, table_arns(["*"])),
    ]


def _fetching() -> list[dict[str, Any]]:
    results = "${ResultsBucket.Arn}"
    writing = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"]
    return [
        allow("Locate", ["s3:GetBucketLocation"], ["${ProcessedBucket.Arn}", results]),
        allow_list("ListTables", "ProcessedBucket", _folders()),
        _read_tables(),
        allow_list("ListResults", "ResultsBucket", ["queries"]),
        allow("KeepResults", writing, [f"{results}/queries/*"]),
    ]


def _crawler_role() -> dict[str, Any]:
    logs = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    return role(
        "crawler",
        [
            allow_names("ProcessedBucket"),
            _read_tables(),
            allow("Catalog", _CRAWLING, table_arns(_names())),
            allow("Logs", logs, [arn("logs", "log-group:/aws-glue/crawlers*")]),
            key_statement(),
        ],
    )


def _crawler() -> dict[str, Any]:
    paths = [f"s3://${{ProcessedBucket}}/{folder}/" for folder in _folders()]
    return {
        "Type": "AWS::Glue::Crawler",
        "Properties": {
            "Name": "salesetl-${Env}",
            "Role": "${CrawlerRole.Arn}",
            "DatabaseName": "${Database}",
            "Targets": {"S3Targets": [{"Path": path} for path in paths]},
            # Columns are the contract's, whatever it finds.
            "SchemaChangePolicy": {"UpdateBehavior": "LOG", "DeleteBehavior": "LOG"},
        },
    }
