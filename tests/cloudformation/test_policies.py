"""Nobody may do more than they need: every statement of the templates is looked at."""

import re
from pathlib import Path

import pytest

from salesetl.cloudformation.permissions import source_paths
from salesetl.destinations.journal import journal_path, staging_path
from salesetl.destinations.lease import lease_path
from salesetl.glue.definitions import job_definitions
from salesetl.model.quarantine_table import is_quarantine
from salesetl.model.table import Table
from salesetl.registry import (
    all_tables,
    namespaces,
    pipeline_named,
    pipeline_of_job,
)
from salesetl.runs import report_path
from tests.cloudformation.template import (
    RESOURCES,
    TEMPLATES,
    VALUES,
    allows,
    bucket,
    database,
    filled,
    listed,
    of_type,
    statements,
)

ROOT = Path(__file__).parents[2]
GLUE = "arn:aws:glue:eu-central-1:123456789012"
RAW, PROCESSED, SCRIPTS, RESULTS = (
    f"arn:aws:s3:::{bucket(kind)}"
    for kind in ("raw", "processed", "scripts", "results")
)
LAKE = f"{PROCESSED}/lake"
# Who may do something for a pipeline that it must not do for another.
WRITERS = [
    *(f"{name}.Role" for name in namespaces()),
    *(name for name in RESOURCES if name.endswith(".FunctionRole")),
]
each_writer = pytest.mark.parametrize("role", WRITERS)
# Statements whose actions know no resource, and why there is no harm in that.
ON_EVERYTHING = {
    "Metrics": "PutMetricData has no resources; the name space is a condition",
    "Choose": "neither workgroups nor catalogues can be listed but all, and only their names are",
    "KeptByTheAccount": "in the policy of a key, * is that key",
    "UsedByServicesThatPublish": "in the policy of a key, * is that key",
}


def own_objects(name: str) -> list[str]:
    """Return an object in each place of the lake that runs of a pipeline write."""
    folders = [each.folder for each in all_tables() if each.namespace == name]
    return [
        *(f"{LAKE}/{folder}/year=2025/part.parquet" for folder in folders),
        report_path(LAKE, name, "run"),
        f"{staging_path(LAKE, name, 'run')}/part.parquet",
        journal_path(LAKE, name),
        lease_path(LAKE, name),
    ]


def scratch(name: str) -> list[str]:
    """Return an object in each place of the bucket of scripts that a job writes."""
    job = pipeline_named(name).job
    return [f"{SCRIPTS}/temp/{job}/part", f"{SCRIPTS}/spark-events/{job}/log"]


def test_there_are_policies_to_look_at() -> None:
    names = {name for name, _ in statements()}

    assert {*WRITERS, "DeployRole", "AlarmTopicPolicy", "orders.QueuePolicy"} <= names
    assert {"AnalystPolicy", "RawBucketPolicy", "AlarmKey"} <= names
    for name in namespaces():
        assert {f"{name}.ReaderPolicy", f"{name}.CrawlerRole"} <= names


def test_no_statement_allows_whole_services() -> None:
    broad = [
        (name, action)
        for name, statement in statements()
        for action in listed(statement["Action"])
        if statement["Effect"] == "Allow" and (action == "*" or action.endswith(":*"))
    ]

    assert broad == []


def test_what_is_allowed_on_everything_has_a_reason() -> None:
    on_everything = {
        statement["Sid"]
        for _, statement in statements()
        if "*" in listed(statement["Resource"]) and statement["Effect"] == "Allow"
    }

    assert on_everything == set(ON_EVERYTHING)


@each_writer
@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])
def test_who_writes_keeps_to_its_own_namespace(role: str, action: str) -> None:
    name = role.partition(".")[0]
    others = [
        path
        for other in namespaces()
        if other != name
        for path in (*own_objects(other), *scratch(other))
    ]
    own = own_objects(name) + ([] if "Function" in role else scratch(name))

    assert [path for path in own if not allows(role, action, path)] == []
    assert [path for path in others if allows(role, action, path)] == []


@pytest.mark.parametrize(
    ("role", "buckets"),
    [
        *((role, "raw processed scripts") for role in WRITERS),
        *((f"{name}.CrawlerRole", "processed") for name in namespaces()),
        ("DeployRole", "scripts"),
    ],
)
def test_who_asks_for_an_object_that_is_missing_learns_so(
    role: str, buckets: str
) -> None:
    # S3 answers 403 in place of 404 to those who may not list the bucket, and a GET has no prefix.
    kinds = [each.removesuffix("Bucket").lower() for each in of_type("AWS::S3::Bucket")]
    allowed = {
        kind
        for kind in kinds
        if allows(role, "s3:ListBucket", f"arn:aws:s3:::{bucket(kind)}")
    }

    assert allowed == set(buckets.split())


def test_a_reader_lists_tables_of_its_pipeline_and_an_analyst_own_results() -> None:
    for table in all_tables():
        for name in namespaces():
            answer = allows(
                f"{name}.ReaderPolicy",
                "s3:ListBucket",
                PROCESSED,
                f"lake/{table.folder}/",
            )
            is_own = table.namespace == name
            assert answer == (is_own and not is_quarantine(table))
    for reader in ("AnalystPolicy", "sales.ReaderPolicy"):
        assert not allows(reader, "s3:ListBucket", PROCESSED, "")
    assert allows("AnalystPolicy", "s3:ListBucket", RESULTS, "queries/")


@each_writer
def test_who_loads_reads_its_sources_and_writes_none(role: str) -> None:
    own = role.partition(".")[0]

    for definition in job_definitions(str(ROOT)):
        is_own = pipeline_of_job(definition.name).name == own
        for source in source_paths(definition):
            for folder in (source, f"backfill/{source}"):
                path = f"{RAW}/{folder}/2025/file.csv"
                assert allows(role, "s3:GetObject", path) == is_own
                assert not allows(role, "s3:PutObject", path)
                assert not allows(role, "s3:DeleteObject", path)
    assert allows(role, "s3:GetObject", f"{RAW}/profiles/erp.toml")
    assert not allows(role, "s3:PutObject", f"{RAW}/profiles/erp.toml")


@each_writer
@pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.sql_name)
def test_who_loads_registers_its_own_tables(role: str, table: Table) -> None:
    own = role.partition(".")[0]
    arn = f"{GLUE}:table/{database(table.namespace)}/{table.sql_name}"

    for action in ("glue:GetTable", "glue:UpdateTable", "glue:BatchCreatePartition"):
        assert allows(role, action, arn) == (table.namespace == own)
    assert not allows(role, "glue:DeleteTable", arn)
    assert not allows(role, "glue:GetTable", f"{GLUE}:table/other/{table.sql_name}")


@pytest.mark.parametrize("name", namespaces())
def test_a_job_runs_a_release_that_it_cannot_change(name: str) -> None:
    role, job = f"{name}.Role", pipeline_named(name).job
    script = f"{SCRIPTS}/releases/0.5.0-0123456789ab/jobs/{job}.py"

    assert allows(role, "s3:GetObject", script)
    assert allows(role, "s3:GetObject", f"{SCRIPTS}/releases/x/salesetl-0.5.0.zip")
    assert not allows(role, "s3:PutObject", script)
    assert not allows(role, "s3:GetObject", f"{SCRIPTS}/deployments/1.json")


@pytest.mark.parametrize("pipeline", namespaces())
def test_a_job_publishes_no_metrics_but_those_of_glue(pipeline: str) -> None:
    [publishing] = [
        statement
        for name, statement in statements()
        if name == f"{pipeline}.Role" and statement["Sid"] == "Metrics"
    ]

    assert publishing["Action"] == ["cloudwatch:PutMetricData"]
    assert publishing["Condition"] == {"StringEquals": {"cloudwatch:namespace": "Glue"}}


@pytest.mark.parametrize("name", namespaces())
@pytest.mark.parametrize("reader", ["ReaderPolicy", "CrawlerRole"])
def test_readers_of_tables_see_no_quarantine_and_write_no_table(
    name: str, reader: str
) -> None:
    reader = f"{name}.{reader}"
    for table in all_tables():
        path = f"{LAKE}/{table.folder}/year=2025/part.parquet"
        is_own = table.namespace == name and not is_quarantine(table)
        assert allows(reader, "s3:GetObject", path) == is_own
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
        ("glue:GetDatabase", f"{GLUE}:database/default"),
    ]
    read = [
        ("glue:GetDatabases", f"{GLUE}:database/salesetl_dev_sales"),
        ("glue:GetDatabase", f"{GLUE}:database/salesetl_dev_sales"),
        ("glue:GetTables", f"{GLUE}:table/salesetl_dev_sales/enriched_sales"),
    ]

    assert [each for each in asked if not allows("AnalystPolicy", *each)] == []
    assert [each for each in read if not allows("sales.ReaderPolicy", *each)] == []
    assert [each for each in read if allows("orders.ReaderPolicy", *each)] == []
    others = [f"{athena}:workgroup/other", f"{GLUE}:table/default/any"]
    assert not allows("AnalystPolicy", "athena:StartQueryExecution", others[0])
    assert not allows("AnalystPolicy", "glue:GetTables", others[1])


@pytest.mark.parametrize("name", namespaces())
def test_who_deploys_follows_the_log_of_a_run_to_its_report(name: str) -> None:
    job, report = pipeline_named(name).job, report_path(LAKE, name, "run")
    logs = "arn:aws:logs:eu-central-1:123456789012:log-group:/salesetl"

    for stream in ("output", "error"):
        group = f"{job}/{stream}:log-stream:"
        assert allows("DeployRole", "logs:FilterLogEvents", f"{logs}/dev/{group}")
        assert not allows("DeployRole", "logs:FilterLogEvents", f"{logs}/prod/{group}")
    folder = report.removeprefix(f"{PROCESSED}/").rpartition("/")[0]
    assert allows("DeployRole", "s3:ListBucket", PROCESSED, folder)
    assert allows("DeployRole", "s3:GetObject", report)
    assert not allows("DeployRole", "s3:GetObject", own_objects(name)[0])


def test_who_reviews_learns_why_a_change_set_was_rejected() -> None:
    stacks = "arn:aws:cloudformation:eu-central-1:123456789012:stack"

    for action in ("DescribeChangeSet", "DescribeEvents"):
        for stack in ("salesetl-dev", "salesetl-dev-sales"):
            assert allows(
                "ReviewRole", f"cloudformation:{action}", f"{stacks}/{stack}/1"
            )
        other = f"{stacks}/salesetl-develop/1"
        assert not allows("ReviewRole", f"cloudformation:{action}", other)


def test_who_deploys_gives_jobs_their_roles_and_nobody_else_any() -> None:
    [passing] = [
        each for _, each in statements() if "iam:PassRole" in listed(each["Action"])
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

    assert may_be_given == {f"{name}.Role" for name in namespaces()}
    assert passing["Condition"] == {
        "StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}
    }


def subjects(role: str, environment: str, repository: str) -> list[str]:
    """Return the subjects of tokens of GitHub that may take a role in an environment."""
    [trust] = of_type("AWS::IAM::Role")[role]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Action"] == "sts:AssumeRoleWithWebIdentity"
    [condition] = trust["Condition"].items()
    # Not StringLike: no part of a subject is left open.
    assert condition[0] == "StringEquals"
    prefix = "token.actions.githubusercontent.com"
    assert condition[1][f"{prefix}:aud"] == "sts.amazonaws.com"
    found = condition[1][f"{prefix}:sub"]
    if "Fn::If" in found:
        name, in_prod, elsewhere = found["Fn::If"]
        assert name == "IsProd"
        found = in_prod if environment == "prod" else elsewhere
    values = {"Env": environment, "GitHubRepository": repository}
    return listed(filled(found, values))


# With ids, as GitHub sends them of repositories since 15 July 2026, and with names alone.
@pytest.mark.parametrize("repository", ["owner@1/name@2", "owner/name"])
def test_only_main_and_the_environment_of_a_repository_may_deploy(
    repository: str,
) -> None:
    of = f"repo:{repository}"

    assert subjects("DeployRole", "prod", repository) == [f"{of}:environment:prod"]
    assert subjects("DeployRole", "dev", repository) == [
        f"{of}:environment:dev",
        f"{of}:ref:refs/heads/main",
    ]
    assert subjects("ReviewRole", "dev", repository) == [f"{of}:pull_request"]


@pytest.mark.parametrize(
    ("repository", "is_taken"),
    [
        ("owner@1/name@2", True),
        ("owner/name", True),
        ("an-owner@123/a.name_2@45", True),
        ("", True),
        ("owner@1/name", False),
        ("owner/name@2", False),
        ("owner@*/name@*", False),
        ("owner/*", False),
        ("owner@1/name@2:ref", False),
        ("name", False),
    ],
)
def test_a_repository_is_named_with_both_ids_or_with_none(
    repository: str, is_taken: bool
) -> None:
    pattern = TEMPLATES[""]["Parameters"]["GitHubRepository"]["AllowedPattern"]

    assert bool(re.fullmatch(pattern, repository)) == is_taken


def test_a_repository_whose_ids_are_known_is_not_taken_by_its_names() -> None:
    by_id = subjects("DeployRole", "dev", "owner@1/name@2")

    assert set(by_id) & set(subjects("DeployRole", "dev", "owner/name")) == set()
    assert set(by_id) & set(subjects("DeployRole", "dev", "owner@1/name@3")) == set()


def test_prod_cannot_be_reviewed_by_whoever_opens_a_pull_request() -> None:
    conditions = TEMPLATES[""]["Conditions"]

    assert RESOURCES["ReviewRole"]["Condition"] == "IsReviewedByGitHub"
    assert conditions["IsReviewedByGitHub"] == {
        "Fn::And": [
            {"Condition": "IsDeployedByGitHub"},
            {"Fn::Not": [{"Condition": "IsProd"}]},
        ]
    }


def test_who_deploys_replaces_no_file_of_a_release() -> None:
    writing = [
        statement
        for name, statement in statements()
        if name == "DeployRole" and "s3:PutObject" in listed(statement["Action"])
    ]
    on_releases = [each for each in writing if "releases" in str(each["Resource"])]

    # S3 refuses a request with this header where there is an object.
    [adding] = on_releases
    assert adding["Condition"] == {"Null": {"s3:if-none-match": "false"}}
    assert not allows("DeployRole", "s3:DeleteObject", f"{SCRIPTS}/releases/1/x.zip")


def test_who_reviews_reads_no_object_but_its_own_plans() -> None:
    assert allows("ReviewRole", "s3:GetObject", f"{SCRIPTS}/plans/1.yaml")
    for path in ("releases/1/salesetl.zip", "deployments/1.json", "temp/1"):
        assert not allows("ReviewRole", "s3:GetObject", f"{SCRIPTS}/{path}")
    for place in (SCRIPTS, RAW, PROCESSED, RESULTS):
        assert not allows("ReviewRole", "s3:ListBucket", place, "")


def test_who_reviews_changes_nothing() -> None:
    actions = {
        action
        for name, statement in statements()
        for action in listed(statement["Action"])
        if name == "ReviewRole"
    }

    # Tags are those of the change set, which is thrown away.
    sets = ("CreateChangeSet", "DeleteChangeSet", "TagResource")
    harmless = ("Get", "List", "Describe", *sets)
    assert actions
    assert [
        each for each in actions if not each.partition(":")[2].startswith(harmless)
    ] == ["s3:PutObject"]
    # Of templates that are too large to be sent, and of which nothing is made.
    assert allows("ReviewRole", "s3:PutObject", f"{SCRIPTS}/plans/1.yaml")
    for place in ("templates/1.yaml", "releases/1/jobs/1.py", "functions/1.zip"):
        assert not allows("ReviewRole", "s3:PutObject", f"{SCRIPTS}/{place}")


def test_every_bucket_is_closed_encrypted_versioned_and_tidied() -> None:
    buckets = of_type("AWS::S3::Bucket")

    assert set(buckets) == {
        f"{name}Bucket" for name in ("Raw", "Processed", "Scripts", "Results")
    }
    for name, bucket_properties in buckets.items():
        closed = bucket_properties["PublicAccessBlockConfiguration"]
        assert closed == dict.fromkeys(closed, True) and len(closed) == 4
        assert bucket_properties["OwnershipControls"] == {
            "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]
        }
        [rule] = bucket_properties["BucketEncryption"][
            "ServerSideEncryptionConfiguration"
        ]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == {
            "Fn::If": ["HasKey", "aws:kms", "AES256"]
        }
        assert bucket_properties["VersioningConfiguration"] == {"Status": "Enabled"}
        tidy = bucket_properties["LifecycleConfiguration"]["Rules"][0]
        assert tidy["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 7}
        assert "NoncurrentVersionExpiration" in tidy and "Prefix" not in tidy
        [policy] = filled(RESOURCES[f"{name}Policy"]["Properties"]["PolicyDocument"])[
            "Statement"
        ]
        assert filled(bucket_properties["BucketName"]) == bucket(
            name.removesuffix("Bucket").lower()
        )
        arn = f"arn:aws:s3:::{filled(bucket_properties['BucketName'])}"
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
        staging_path("lake", name, "run").removesuffix("run") for name in namespaces()
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
        "ArnEquals": {"aws:SourceArn": ["FailedRuns", "LongRuns", "FailedQuality"]}
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
