"""What the role of a job may do: read what is delivered to it, write what is its own.

Texts name `${…}`, which CloudFormation fills in: the parameters of a pipeline's template, and the
database in it.
"""

from collections.abc import Sequence
from typing import Any

from salesetl.glue.definitions import JobDefinition
from salesetl.registry import pipeline_of_job

NO_VALUE = {"Ref": "AWS::NoValue"}
# The buckets, as the template of the environment names them.
RAW, PROCESSED, SCRIPTS = (
    f"salesetl-${{Env}}-{kind}-${{AWS::AccountId}}-${{AWS::Region}}"
    for kind in ("raw", "processed", "scripts")
)
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
    """Return the statements of the policy of a job's role."""
    return [
        *data_statements(definition),
        *_release_statements(definition.name),
        # Glue's own, of which there is but one name space.
        allow("Metrics", ["cloudwatch:PutMetricData"], ["*"])
        | {"Condition": {"StringEquals": {"cloudwatch:namespace": "Glue"}}},
        key_statement(),
    ]


def data_statements(definition: JobDefinition) -> list[dict[str, Any]]:
    """Return what any run of a pipeline needs: its files, its namespace, its tables, its logs."""
    paths = source_paths(definition)
    # Each day's run must not read a backfill again; a profile says how an export is to be read.
    paths = [*paths, *(f"{BACKFILL}/{path}" for path in paths), PROFILES]
    own = f"{bucket_arn(PROCESSED)}/{LAKE}/{pipeline_of_job(definition.name).name}/*"
    return [
        allow(
            "Locate",
            ["s3:GetBucketLocation"],
            [bucket_arn(each) for each in (RAW, PROCESSED, SCRIPTS)],
        ),
        allow_names(RAW, PROCESSED, SCRIPTS),
        allow(
            "ReadSources",
            ["s3:GetObject"],
            [f"{bucket_arn(RAW)}/{path}/*" for path in paths],
        ),
        allow("WriteOwn", [*_WRITING, "s3:AbortMultipartUpload"], [own]),
        # Empty objects by which Glue 5 remembers folders, also those above its own.
        allow(
            "MarkFolders",
            _WRITING,
            [f"{bucket_arn(each)}/*_$folder$" for each in (PROCESSED, SCRIPTS)],
        ),
        allow("Catalog", _TABLE_ACTIONS, table_arns(_own_tables(definition.name))),
        allow(
            "Logs",
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            [arn("logs", f"log-group:/salesetl/${{Env}}/{definition.name}/*")],
        ),
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
    return allow("ListNames", ["s3:ListBucket"], [bucket_arn(each) for each in buckets])


def allow_list(sid: str, bucket: str, paths: Sequence[str]) -> dict[str, Any]:
    """Return a statement that allows to list paths of a bucket and what is below them."""
    prefixes = [text for path in paths for text in (path, f"{path}/*")]
    return allow(sid, ["s3:ListBucket"], [bucket_arn(bucket)]) | {
        "Condition": {"StringLike": {"s3:prefix": prefixes}}
    }


def role(name: str, statements: Sequence[Any], service: str = "glue") -> dict[str, Any]:
    """Return a role for a service of AWS, which may do what the statements say."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
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


def bucket_arn(bucket: str) -> str:
    """Return the ARN of a bucket."""
    return f"arn:${{AWS::Partition}}:s3:::{bucket}"


def table_arns(names: Sequence[str]) -> list[str]:
    """Return the ARNs by which Glue asks whether tables of the pipeline's database may be used."""
    tables = [f"table/${{Database}}/{name}" for name in names]
    return [arn("glue", rest) for rest in ("catalog", "database/${Database}", *tables)]


def source_paths(definition: JobDefinition) -> list[str]:
    """Return the paths below the bucket of raw data that a job is told to read."""
    texts = [text.partition("${raw}/") for text in definition.arguments.values()]
    return [path.rstrip("/") for before, found, path in texts if found and not before]


def _release_statements(job: str) -> list[dict[str, Any]]:
    scripts = bucket_arn(SCRIPTS)
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
