"""Build the IAM policy of a job: read its deliveries, write its own namespace.

CloudFormation replaces each `${…}` in these texts by a parameter or a resource of the pipeline's
template.
"""

from collections.abc import Sequence
from typing import Any

from salesetl.glue.definitions import JobDefinition
from salesetl.glue.release import MANIFEST
from salesetl.registry import pipeline_of_job

NO_VALUE = {"Ref": "AWS::NoValue"}
# The names of the buckets, as in the template of the environment.
RAW, PROCESSED, SCRIPTS = (
    f"salesetl-${{Env}}-{kind}-${{AWS::AccountId}}-${{AWS::Region}}"
    for kind in ("raw", "processed", "scripts")
)
# The folder of the lake in the processed bucket.
LAKE = "lake"
# Folders of the raw bucket: deliveries for a backfill, and source profiles.
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
        # PutMetricData has no resources; the condition allows only the namespace of Glue.
        allow("Metrics", ["cloudwatch:PutMetricData"], ["*"])
        | {"Condition": {"StringEquals": {"cloudwatch:namespace": "Glue"}}},
        key_statement(),
    ]


def data_statements(definition: JobDefinition) -> list[dict[str, Any]]:
    """Return what every run of a pipeline needs: files, namespace, tables and logs."""
    paths = source_paths(definition)
    # A backfill has its own folder, because the daily run must not read it. Profiles describe
    # the format of an export.
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
        # S3A, the file system of Spark on Glue, removes the marks of empty folders above a file
        # that it has written, also the one above the namespace.
        allow("Unmark", ["s3:DeleteObject"], [f"{bucket_arn(PROCESSED)}/{LAKE}/"]),
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
    """Return a statement that allows to list all object names in buckets.

    S3 answers a GET or HEAD of a missing key with 404 only if the caller may list the bucket, and
    with 403 otherwise. Such a request has no prefix, so a condition on `s3:prefix` would deny it:
    the lease and the file systems of Spark would get "forbidden" in place of "missing". The
    statement allows no object to be read.
    """
    return allow("ListNames", ["s3:ListBucket"], [bucket_arn(each) for each in buckets])


def allow_list(sid: str, bucket: str, paths: Sequence[str]) -> dict[str, Any]:
    """Return a statement that allows to list some paths of a bucket, and everything below."""
    prefixes = [text for path in paths for text in (path, f"{path}/*")]
    return allow(sid, ["s3:ListBucket"], [bucket_arn(bucket)]) | {
        "Condition": {"StringLike": {"s3:prefix": prefixes}}
    }


def role(name: str, statements: Sequence[Any], service: str = "glue") -> dict[str, Any]:
    """Return a role that an AWS service can assume, with the statements as its policy."""
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
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def key_statement() -> dict[str, Any]:
    """Return a statement that allows to use the KMS key of the buckets, if there is one."""
    use = allow("Key", ["kms:Decrypt", "kms:GenerateDataKey"], ["${KmsKeyArn}"])
    return {"Fn::If": ["HasKey", use, NO_VALUE]}


def arn(service: str, rest: str) -> str:
    """Return the ARN of a resource in the account and region of the stack."""
    return (
        f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{rest}"
    )


def bucket_arn(bucket: str) -> str:
    """Return the ARN of a bucket."""
    return f"arn:${{AWS::Partition}}:s3:::{bucket}"


def table_arns(names: Sequence[str]) -> list[str]:
    """Return the ARNs that Glue checks for access to tables of the pipeline's database."""
    tables = [f"table/${{Database}}/{name}" for name in names]
    return [arn("glue", rest) for rest in ("catalog", "database/${Database}", *tables)]


def source_paths(definition: JobDefinition) -> list[str]:
    """Return the paths in the raw bucket that the arguments of a job name."""
    texts = [text.partition("${raw}/") for text in definition.arguments.values()]
    return [path.rstrip("/") for before, found, path in texts if found and not before]


def _release_statements(job: str) -> list[dict[str, Any]]:
    scripts = bucket_arn(SCRIPTS)
    scratch = [f"temp/{job}", f"spark-events/{job}"]
    releases = [
        f"{scripts}/releases/*/{file}" for file in (f"jobs/{job}.py", "*.zip", MANIFEST)
    ]
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
