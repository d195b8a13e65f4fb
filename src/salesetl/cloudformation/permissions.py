"""What the role of a job may do: read what is delivered to it, write what is its own."""

from collections.abc import Sequence
from typing import Any

from salesetl.glue.definitions import JobDefinition
from salesetl.registry import pipeline_of_job

NO_VALUE = {"Ref": "AWS::NoValue"}
# The folder of the lake in its bucket.
LAKE = "lake"
# Folders of the bucket of raw data: deliveries of the past, and source profiles.
BACKFILL = "backfill"
PROFILES = "profiles"
_WRITING = ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")
_TABLE_ACTIONS = (
    "glue:GetDatabase",
    "glue:GetTable",
    "glue:GetTables",
    "glue:CreateTable",
    "glue:UpdateTable",
    "glue:GetPartition",
    "glue:GetPartitions",
    "glue:BatchGetPartition",
    "glue:CreatePartition",
    "glue:BatchCreatePartition",
    "glue:UpdatePartition",
    "glue:BatchUpdatePartition",
    "glue:DeletePartition",
    "glue:BatchDeletePartition",
)


def job_statements(definition: JobDefinition) -> list[Any]:
    """Return the statements of the policy of a job's role; `${…}` are those of the template."""
    return [
        *_data_statements(definition),
        *_release_statements(definition.name),
        allow("Catalog", _TABLE_ACTIONS, table_arns(_own_tables(definition.name))),
        allow(
            "Logs",
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            [arn("logs", f"log-group:/salesetl/${{Env}}/{definition.name}/*")],
        ),
        # Glue's own, of which there is but one name space.
        allow("Metrics", ["cloudwatch:PutMetricData"], ["*"])
        | {"Condition": {"StringEquals": {"cloudwatch:namespace": "Glue"}}},
        key_statement(),
    ]


def allow(sid: str, actions: Sequence[str], resources: Sequence[str]) -> dict[str, Any]:
    """Return a statement that allows actions on resources."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
    }


def allow_names(*buckets: str) -> dict[str, Any]:
    """Return a statement that allows to list all names in buckets, and so to miss an object.

    S3 answers a GET or HEAD of a key that is not there with 404 only to those who may list the
    bucket, and with 403 to others. Such a request has no prefix that a condition could ask for:
    with one on `s3:prefix`, leases and the file systems of Spark would take "missing" for
    "forbidden". So names may be seen, though only those objects be read that are allowed singly.
    """
    return allow(
        "ListNames", ["s3:ListBucket"], [f"${{{each}.Arn}}" for each in buckets]
    )


def allow_list(sid: str, bucket: str, paths: Sequence[str]) -> dict[str, Any]:
    """Return a statement that allows to list paths of a bucket and what is below them."""
    prefixes = [text for path in paths for text in (path, f"{path}/*")]
    return allow(sid, ["s3:ListBucket"], [f"${{{bucket}.Arn}}"]) | {
        "Condition": {"StringLike": {"s3:prefix": prefixes}}
    }


def role(name: str, statements: Sequence[Any]) -> dict[str, Any]:
    """Return a role that Glue takes on, which may do what the statements say."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "glue.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "RoleName": f"salesetl-${{Env}}-${{AWS::Region}}-{name}",
            "AssumeRolePolicyDocument": document(trust),
            "Policies": [{"PolicyName": name, "PolicyDocument": document(*statements)}],
        },
    }


def document(*statements: Any) -> dict[str, Any]:
    """Return the document of a policy."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def key_statement() -> dict[str, Any]:
    """Return a statement that allows to use the key of the buckets, if there is one."""
    use = allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], ["${KmsKeyArn}"])
    return {"Fn::If": ["HasKey", use, NO_VALUE]}


def arn(service: str, rest: str) -> str:
    """Return the ARN of something in the stack's account and region."""
    return (
        f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}"
    )


def table_arns(names: Sequence[str]) -> list[str]:
    """Return the ARNs by which Glue asks whether tables of the database may be used."""
    tables = [f"table/${{Database}}/{name}" for name in names]
    return [arn("glue", rest) for rest in ("catalog", "database/${Database}", *tables)]


def feed_paths(definition: JobDefinition) -> list[str]:
    """Return the paths below the bucket of raw data that a job is told to read."""
    texts = [text.partition("${raw}/") for text in definition.arguments.values()]
    return [path.rstrip("/") for before, found, path in texts if found and not before]


def _data_statements(definition: JobDefinition) -> list[dict[str, Any]]:
    feeds = feed_paths(definition)
    # What the run of each day must not read again, and how other systems' exports are to be read.
    sources = [*feeds, *(f"{BACKFILL}/{path}" for path in feeds), PROFILES]
    own = _own_paths(definition.name)
    raw, lake = "${RawBucket.Arn}", "${ProcessedBucket.Arn}"
    return [
        allow(
            "Locate",
            ["s3:GetBucketLocation"],
            [raw, lake, "${ScriptsBucket.Arn}"],
        ),
        allow_names("RawBucket", "ProcessedBucket", "ScriptsBucket"),
        allow("ReadFeeds", ["s3:GetObject"], [f"{raw}/{path}/*" for path in sources]),
        allow(
            "WriteOwn",
            [*_WRITING, "s3:AbortMultipartUpload"],
            [f"{lake}/{path}/*" for path in own],
        ),
        # Empty objects by which Glue 5 remembers folders, also those above its own.
        allow(
            "MarkFolders",
            _WRITING,
            [f"{lake}/*_$folder$", "${ScriptsBucket.Arn}/*_$folder$"],
        ),
    ]


def _release_statements(job: str) -> list[dict[str, Any]]:
    scripts = "${ScriptsBucket.Arn}"
    scratch = [f"temp/{job}", f"spark-events/{job}"]
    releases = [f"{scripts}/releases/*/jobs/{job}.py", f"{scripts}/releases/*.whl"]
    return [
        allow("ReadRelease", ["s3:GetObject"], releases),
        allow(
            "WriteScratch",
            [*_WRITING, "s3:AbortMultipartUpload"],
            [f"{scripts}/{path}/*" for path in scratch],
        ),
    ]


def _own_tables(job: str) -> list[str]:
    pipeline = pipeline_of_job(job)
    return [table.sql_name for table in (*pipeline.tables, *pipeline.quarantines)]


def _own_paths(job: str) -> list[str]:
    """Return the paths of the lake that are a job's own: its namespace."""
    return [f"{LAKE}/{pipeline_of_job(job).name}"]
