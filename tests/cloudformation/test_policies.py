"""Nobody may do more than they need: every statement of the template is looked at."""

import pytest

from salesetl.cloudformation.template import logical_name
from salesetl.destinations.journal import journal_path, staging_path
from salesetl.destinations.lease import lease_path
from salesetl.model.quarantine_table import is_quarantine
from salesetl.model.table import Table
from salesetl.registry import all_tables, jobs, pipeline_of
from salesetl.runs import report_path
from tests.cloudformation.template import (
    RESOURCES,
    VALUES,
    allows,
    filled,
    of_type,
    statements,
)

GLUE = "arn:aws:glue:eu-central-1:123456789012"
LAKE = "arn:aws:s3:::ProcessedBucket/lake"
RAW = "arn:aws:s3:::RawBucket"
SCRIPTS = "arn:aws:s3:::ScriptsBucket"
# Statements whose actions know no resource, and why there is no harm in that.
ON_EVERYTHING = {
    "Metrics": "PutMetricData has no resources; the name space is a condition",
    "ReadTemplates": "GetTemplateSummary reads a template that comes with the request",
    "Choose": "neither workgroups nor catalogues can be listed but all, and only their names are",
    "KeptByTheAccount": "in the policy of a key, * is that key",
    "UsedByServicesThatPublish": "in the policy of a key, * is that key",
}


def listed_in(entry: str | list[str]) -> list[str]:
    return [entry] if isinstance(entry, str) else entry


def own_objects(job: str) -> list[str]:
    """Return an object in each place of the lake that a job writes."""
    folders = [each.folder for each in all_tables() if pipeline_of(each).job == job]
    return [
        *(f"{LAKE}/{folder}/year=2025/part.parquet" for folder in folders),
        report_path(LAKE, jobs()[job].name, "run"),
        f"{staging_path(LAKE, jobs()[job].name, 'run')}/part.parquet",
        journal_path(LAKE, jobs()[job].name),
        lease_path(LAKE, jobs()[job].name),
        f"{SCRIPTS}/temp/{job}/part",
        f"{SCRIPTS}/spark-events/{job}/log",
    ]


def test_there_are_policies_to_look_at() -> None:
    names = {name for name, _ in statements()}

    assert {
        "EnrichSalesRole",
        "FlattenOrdersRole",
        "DeployRole",
        "AlarmTopicPolicy",
    } <= names
    assert {"AnalystPolicy", "RawBucketPolicy", "AlarmKey", "CrawlerRole"} <= names


def test_no_statement_allows_whole_services() -> None:
    broad = [
        (name, action)
        for name, statement in statements()
        for action in listed_in(statement["Action"])
        if statement["Effect"] == "Allow" and (action == "*" or action.endswith(":*"))
    ]

    assert broad == []


def test_what_is_allowed_on_everything_has_a_reason() -> None:
    on_everything = {
        statement["Sid"]
        for _, statement in statements()
        if "*" in listed_in(statement["Resource"]) and statement["Effect"] == "Allow"
    }

    assert on_everything == set(ON_EVERYTHING)


@pytest.mark.parametrize("job", jobs())
@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])
def test_a_job_keeps_to_its_own_places(job: str, action: str) -> None:
    role = f"{logical_name(job)}Role"
    others = [path for other in jobs() if other != job for path in own_objects(other)]

    assert [path for path in own_objects(job) if not allows(role, action, path)] == []
    assert [path for path in others if allows(role, action, path)] == []


@pytest.mark.parametrize(
    ("role", "buckets"),
    [
        *((f"{logical_name(job)}Role", "Raw Processed Scripts") for job in jobs()),
        ("CrawlerRole", "Processed"),
        ("DeployRole", "Scripts"),
    ],
)
def test_who_asks_for_an_object_that_is_missing_is_told_so(
    role: str, buckets: str
) -> None:
    # S3 answers 403 in place of 404 to those who may not list the bucket, and a GET has no prefix.
    allowed = {
        name
        for name in of_type("AWS::S3::Bucket")
        if allows(role, "s3:ListBucket", f"arn:aws:s3:::{name}")
    }

    assert allowed == {f"{name}Bucket" for name in buckets.split()}


def test_an_analyst_lists_tables_and_own_results_only() -> None:
    processed, results = LAKE.removesuffix("/lake"), "arn:aws:s3:::ResultsBucket"

    for table in all_tables():
        answer = allows(
            "AnalystPolicy", "s3:ListBucket", processed, f"lake/{table.folder}/"
        )
        assert answer != is_quarantine(table)
    assert not allows("AnalystPolicy", "s3:ListBucket", processed, "")
    assert allows("AnalystPolicy", "s3:ListBucket", results, "queries/")


@pytest.mark.parametrize("job", jobs())
def test_a_job_reads_its_feeds_and_writes_none(job: str) -> None:
    role = f"{logical_name(job)}Role"
    feeds = {
        name: {source.name for source in each.sources} for name, each in jobs().items()
    }

    for other in jobs():
        for feed in feeds[other]:
            for folder in (feed, f"backfill/{feed}"):
                path = f"{RAW}/{folder}/2025/file.csv"
                assert allows(role, "s3:GetObject", path) == (feed in feeds[job])
                assert not allows(role, "s3:PutObject", path)
                assert not allows(role, "s3:DeleteObject", path)
    assert allows(role, "s3:GetObject", f"{RAW}/profiles/erp.toml")
    assert not allows(role, "s3:PutObject", f"{RAW}/profiles/erp.toml")


@pytest.mark.parametrize("job", jobs())
@pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.sql_name)
def test_a_job_enters_its_own_tables(job: str, table: Table) -> None:
    role = f"{logical_name(job)}Role"
    arn = f"{GLUE}:table/salesetl_dev/{table.sql_name}"

    for action in ("glue:GetTable", "glue:UpdateTable", "glue:BatchCreatePartition"):
        assert allows(role, action, arn) == (pipeline_of(table).job == job)
    assert not allows(role, "glue:DeleteTable", arn)
    assert not allows(role, "glue:GetTable", f"{GLUE}:table/other/{table.sql_name}")


@pytest.mark.parametrize("job", jobs())
def test_a_job_runs_a_release_that_it_cannot_change(job: str) -> None:
    role = f"{logical_name(job)}Role"
    script = f"{SCRIPTS}/releases/0.5.0-0123456789ab/jobs/{job}.py"

    assert allows(role, "s3:GetObject", script)
    assert allows(
        role, "s3:GetObject", f"{SCRIPTS}/releases/x/salesetl-0.5.0-py3-none-any.whl"
    )
    assert not allows(role, "s3:PutObject", script)
    assert not allows(role, "s3:GetObject", f"{SCRIPTS}/deployments/1.json")


@pytest.mark.parametrize("job", jobs())
def test_a_job_publishes_no_metrics_but_those_of_glue(job: str) -> None:
    [publishing] = [
        statement
        for name, statement in statements()
        if name == f"{logical_name(job)}Role" and statement["Sid"] == "Metrics"
    ]

    assert publishing["Action"] == ["cloudwatch:PutMetricData"]
    assert publishing["Condition"] == {"StringEquals": {"cloudwatch:namespace": "Glue"}}


@pytest.mark.parametrize("reader", ["AnalystPolicy", "CrawlerRole"])
def test_readers_of_tables_see_no_quarantine_and_write_no_table(reader: str) -> None:
    for table in all_tables():
        path = f"{LAKE}/{table.folder}/year=2025/part.parquet"
        assert allows(reader, "s3:GetObject", path) != is_quarantine(table)
        assert not allows(reader, "s3:PutObject", path)
        assert not allows(reader, "s3:DeleteObject", path)


def test_an_analyst_finds_tables_in_the_console_of_athena() -> None:
    athena = "arn:aws:athena:eu-central-1:123456789012"
    asked = [
        ("athena:ListWorkGroups", f"{athena}:*"),
        ("athena:ListDataCatalogs", f"{athena}:*"),
        ("athena:GetWorkGroup", f"{athena}:workgroup/salesetl-dev"),
        ("athena:GetDataCatalog", f"{athena}:datacatalog/AwsDataCatalog"),
        ("athena:ListDatabases", f"{athena}:datacatalog/AwsDataCatalog"),
        ("athena:GetDatabase", f"{athena}:datacatalog/AwsDataCatalog"),
        ("athena:ListTableMetadata", f"{athena}:datacatalog/AwsDataCatalog"),
        ("athena:GetTableMetadata", f"{athena}:datacatalog/AwsDataCatalog"),
        ("glue:GetDatabases", f"{GLUE}:catalog"),
        ("glue:GetDatabases", f"{GLUE}:database/salesetl_dev"),
        ("glue:GetDatabase", f"{GLUE}:database/salesetl_dev"),
        ("glue:GetDatabase", f"{GLUE}:database/default"),
        ("glue:GetTables", f"{GLUE}:table/salesetl_dev/enriched_sales"),
    ]

    assert [each for each in asked if not allows("AnalystPolicy", *each)] == []
    others = [f"{athena}:workgroup/other", f"{GLUE}:table/default/any"]
    assert not allows("AnalystPolicy", "athena:StartQueryExecution", others[0])
    assert not allows("AnalystPolicy", "glue:GetTables", others[1])


@pytest.mark.parametrize("job", jobs())
def test_who_deploys_follows_the_log_of_a_run(job: str) -> None:
    logs = "arn:aws:logs:eu-central-1:123456789012:log-group:/salesetl"

    for stream in ("output", "error"):
        group = f"{job}/{stream}:log-stream:"
        assert allows("DeployRole", "logs:FilterLogEvents", f"{logs}/dev/{group}")
        assert not allows("DeployRole", "logs:FilterLogEvents", f"{logs}/prod/{group}")


def test_who_reviews_learns_why_a_change_set_was_rejected() -> None:
    stack = "arn:aws:cloudformation:eu-central-1:123456789012:stack/salesetl-dev"

    for action in ("DescribeChangeSet", "DescribeEvents"):
        assert allows("ReviewRole", f"cloudformation:{action}", f"{stack}/1")


def test_who_deploys_gives_jobs_their_roles_and_nobody_else_any() -> None:
    [passing] = [
        each for _, each in statements() if "iam:PassRole" in listed_in(each["Action"])
    ]
    roles = {
        name: filled(each["RoleName"])
        for name, each in of_type("AWS::IAM::Role").items()
    }
    may_be_given = {
        name
        for name, role in roles.items()
        if allows(
            "DeployRole", "iam:PassRole", f"arn:aws:iam::123456789012:role/{role}"
        )
    }

    assert may_be_given == {f"{logical_name(job)}Role" for job in jobs()}
    assert passing["Condition"] == {
        "StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}
    }


@pytest.mark.parametrize(
    ("role", "subject"),
    [
        ("DeployRole", "repo:owner/name:environment:dev"),
        ("ReviewRole", "repo:owner/name:pull_request"),
    ],
)
def test_github_takes_a_role_for_one_purpose_of_one_repository(
    role: str, subject: str
) -> None:
    [trust] = filled(of_type("AWS::IAM::Role")[role]["AssumeRolePolicyDocument"])[
        "Statement"
    ]

    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    assert trust["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": subject,
        }
    }


def test_who_reviews_changes_nothing() -> None:
    actions = {
        action
        for name, statement in statements()
        for action in listed_in(statement["Action"])
        if name == "ReviewRole"
    }

    # Tags are those of the change set, which is thrown away.
    sets = ("CreateChangeSet", "DeleteChangeSet", "TagResource")
    harmless = ("Get", "List", "Describe", *sets)
    assert actions
    assert [
        each for each in actions if not each.partition(":")[2].startswith(harmless)
    ] == []


def test_every_bucket_is_closed_encrypted_versioned_and_tidied() -> None:
    buckets = of_type("AWS::S3::Bucket")

    assert set(buckets) == {
        f"{name}Bucket" for name in ("Raw", "Processed", "Scripts", "Results")
    }
    for name, bucket in buckets.items():
        closed = bucket["PublicAccessBlockConfiguration"]
        assert closed == dict.fromkeys(closed, True) and len(closed) == 4
        assert bucket["OwnershipControls"] == {
            "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]
        }
        [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == {
            "Fn::If": ["HasKey", "aws:kms", "AES256"]
        }
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        tidy = bucket["LifecycleConfiguration"]["Rules"][0]
        assert tidy["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
        assert "NoncurrentVersionExpiration" in tidy and "Prefix" not in tidy
        [policy] = filled(RESOURCES[f"{name}Policy"]["Properties"]["PolicyDocument"])[
            "Statement"
        ]
        arn = f"arn:aws:s3:::{name}"
        assert policy == {
            "Sid": "OnlyByTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }


def test_what_killed_runs_left_is_gone_after_a_week() -> None:
    rules = of_type("AWS::S3::Bucket")["ProcessedBucket"]["LifecycleConfiguration"]

    found = [rule for rule in rules["Rules"] if rule["Id"].startswith("staging")]

    # Exactly these folders: what is published is next to them.
    assert {rule["Prefix"] for rule in found} == {
        staging_path("lake", pipeline.name, "run").removesuffix("run")
        for pipeline in jobs().values()
    }
    for staging in found:
        assert staging["Status"] == "Enabled"
        assert staging["ExpirationInDays"] == 7
        assert staging["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}


def test_data_outlives_the_stack() -> None:
    policies = {
        name: (
            RESOURCES[name]["DeletionPolicy"],
            RESOURCES[name]["UpdateReplacePolicy"],
        )
        for name in ("RawBucket", "ProcessedBucket")
    }

    assert set(policies.values()) == {("RetainExceptOnCreate", "Retain")}


def test_services_publish_only_for_this_stack() -> None:
    published = {
        statement["Sid"]: statement
        for name, statement in statements()
        if name == "AlarmTopicPolicy"
    }

    assert set(published) == {"Events", "Alarms", "Budgets"}
    assert all(each["Action"] == "sns:Publish" for each in published.values())
    assert published["Events"]["Condition"] == {
        "ArnEquals": {"aws:SourceArn": ["FailedRuns", "LongRuns"]}
    }
    account = {"StringEquals": {"aws:SourceAccount": VALUES["AWS::AccountId"]}}
    assert published["Budgets"]["Condition"] == account
    assert published["Alarms"]["Condition"].items() >= account.items()


def test_names_fit_in_every_region() -> None:
    longest = {"Env": "abcdefghij", "AWS::Region": "ap-southeast-2"}
    roles = [
        filled(each["RoleName"], longest) for each in of_type("AWS::IAM::Role").values()
    ]
    buckets = [
        filled(each["BucketName"], longest)
        for each in of_type("AWS::S3::Bucket").values()
    ]

    assert max(map(len, roles)) <= 64
    assert max(map(len, buckets)) <= 63
    assert all("ap-southeast-2" in name for name in roles + buckets)
