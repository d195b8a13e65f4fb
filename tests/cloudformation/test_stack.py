"""The stacks, really put up, looked at, changed and taken down."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from salesetl.cloudformation.buckets import empty_bucket
from salesetl.cloudformation.stacks import LARGEST_BODY, Stack, Template
from salesetl.registry import jobs, namespaces
from tests.cloudformation.conftest import RELEASE, error_of, infra, with_templates

BUCKETS = {
    name: f"salesetl-dev-{name}-000000000000-eu-central-1"
    for name in ("raw", "processed", "scripts", "results")
}
STACKS = ["salesetl-dev", *(f"salesetl-dev-{name}" for name in namespaces())]
NOTHING = [line for stack in STACKS for line in (f"{stack}:", "nothing to change")]


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("job", jobs())
def test_a_job_is_there_with_its_settings_and_its_role(job: str) -> None:
    glue, iam = boto3.client("glue"), boto3.client("iam")

    found = glue.get_job(JobName=f"salesetl-dev-{job}")["Job"]

    prefix = f"s3://{BUCKETS['scripts']}/releases/{RELEASE}"
    assert found["Command"]["ScriptLocation"] == f"{prefix}/jobs/{job}.py"
    arguments = found["NonOverridableArguments"]
    assert arguments["--extra-py-files"] == f"{prefix}/salesetl-0.5.0.zip"
    modules = f"{prefix}/salesetl-modules-python3.11.gluewheels.zip"
    assert arguments["--additional-python-modules"] == modules
    assert arguments["--output_path"] == f"s3://{BUCKETS['processed']}/lake"
    assert (found["GlueVersion"], found["WorkerType"]) == ("5.1", "G.1X")
    role = iam.get_role(RoleName=found["Role"].rpartition("/")[2])["Role"]
    assert role["RoleName"] == f"salesetl-dev-eu-central-1-job-{job}"
    [policy] = iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
    document = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=policy)[
        "PolicyDocument"
    ]
    text = json.dumps(document)
    assert f"arn:aws:s3:::{BUCKETS['processed']}/lake/{jobs()[job].name}/*" in text
    assert "${" not in text
    tags = glue.get_tags(
        ResourceArn=f"arn:aws:glue:eu-central-1:000000000000:job/{found['Name']}"
    )
    assert tags["Tags"]["application"] == "salesetl"


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("job", jobs())
def test_a_job_has_a_trigger_switched_off_logs_and_alarms(job: str) -> None:
    logs, watch = boto3.client("logs"), boto3.client("cloudwatch")

    trigger = boto3.client("glue").get_trigger(Name=f"salesetl-dev-{job}-off")[
        "Trigger"
    ]

    assert (trigger["Type"], trigger["State"]) == ("SCHEDULED", "CREATED")
    assert [action["JobName"] for action in trigger["Actions"]] == [
        f"salesetl-dev-{job}"
    ]
    groups = logs.describe_log_groups(logGroupNamePrefix=f"/salesetl/dev/{job}/")[
        "logGroups"
    ]
    kept = {
        group["logGroupName"].rpartition("/")[2]: group["retentionInDays"]
        for group in groups
    }
    assert kept == {"output": 90, "error": 90}
    filters = logs.describe_metric_filters(logGroupName=f"/salesetl/dev/{job}/output")
    assert len(filters["metricFilters"]) == 2
    alarms = watch.describe_alarms(AlarmNamePrefix=f"salesetl-dev-{job}-")[
        "MetricAlarms"
    ]
    topic = "arn:aws:sns:eu-central-1:000000000000:salesetl-dev-alarms"
    found = {alarm["AlarmName"].rpartition("-")[2]: alarm for alarm in alarms}
    # That of a run which is missing comes with the schedules.
    assert {name: alarm["AlarmActions"] for name, alarm in found.items()} == {
        "rejected": [topic]
    }


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize("bucket", BUCKETS.values())
def test_a_bucket_is_closed_and_asks_for_tls(bucket: str) -> None:
    s3 = boto3.client("s3")

    closed = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    [encryption] = s3.get_bucket_encryption(Bucket=bucket)[
        "ServerSideEncryptionConfiguration"
    ]["Rules"]

    assert set(closed.values()) == {True}
    [statement] = policy["Statement"]
    assert (statement["Effect"], statement["Sid"]) == ("Deny", "OnlyByTls")
    assert encryption["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"


@pytest.mark.usefixtures("deployed")
def test_database_workgroup_topic_and_rules_are_there() -> None:
    topic = "arn:aws:sns:eu-central-1:000000000000:salesetl-dev-alarms"

    glue = boto3.client("glue")
    databases = {each["Name"] for each in glue.get_databases()["DatabaseList"]}
    group = boto3.client("athena").get_work_group(WorkGroup="salesetl-dev")["WorkGroup"]
    attributes = boto3.client("sns").get_topic_attributes(TopicArn=topic)["Attributes"]
    events = boto3.client("events")

    assert {f"salesetl_dev_{name}" for name in namespaces()} <= databases
    settings = group["Configuration"]
    assert settings["EnforceWorkGroupConfiguration"]
    assert (
        settings["ResultConfiguration"]["OutputLocation"]
        == f"s3://{BUCKETS['results']}/queries/"
    )
    assert len(json.loads(attributes["Policy"])["Statement"]) == 3
    for rule in ("salesetl-dev-failed-runs", "salesetl-dev-long-runs"):
        [target] = events.list_targets_by_rule(Rule=rule)["Targets"]
        assert target["Arn"] == topic


@pytest.mark.usefixtures("deployed")
def test_deploying_again_changes_nothing_and_shows_the_outputs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    infra("deploy")

    lines = capsys.readouterr().out.splitlines()
    outputs = lines[len(NOTHING) :]
    assert lines[: len(NOTHING)] == NOTHING
    assert f"RawBucket = {BUCKETS['raw']}" in outputs
    assert any(line.startswith("JobRoles = arn:aws:iam::") for line in outputs)


@pytest.mark.usefixtures("deployed")
def test_a_plan_shows_the_one_thing_that_a_parameter_changes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    infra("plan", "--parameter", "QueryLimitBytes=20000000000")
    _, changed, *others = capsys.readouterr().out.splitlines()
    infra("plan")

    assert others == NOTHING[2:]
    assert capsys.readouterr().out.splitlines() == NOTHING
    assert changed.split() == [
        "modify",
        "WorkGroup",
        "AWS::Athena::WorkGroup",
        "(WorkGroupConfiguration)",
    ]
    assert [change_sets(stack) for stack in STACKS] == [0] * len(STACKS)


def change_sets(stack: str) -> int:
    """Count the change sets that a stack was left with."""
    listed = boto3.client("cloudformation").list_change_sets(StackName=stack)
    return len(
        [each for each in listed["Summaries"] if each["ExecutionStatus"] == "AVAILABLE"]
    )


@pytest.mark.usefixtures("ministack")
def test_a_parameter_stays_until_another_value_is_given(
    capsys: pytest.CaptureFixture[str],
) -> None:
    infra(
        "deploy",
        "--release",
        RELEASE,
        "--parameter",
        "QueryLimitBytes=20000000000",
        env="keeps",
    )

    infra("deploy", "--parameter", "Schedules=on", env="keeps")

    shown = capsys.readouterr().out
    group = boto3.client("athena").get_work_group(WorkGroup="salesetl-keeps")[
        "WorkGroup"
    ]
    assert int(group["Configuration"]["BytesScannedCutoffPerQuery"]) == 20_000_000_000
    trigger = boto3.client("glue").get_trigger(Name="salesetl-keeps-enrich_sales-on")[
        "Trigger"
    ]
    assert trigger["State"] == "ACTIVATED"
    assert shown.count("replace  Trigger") == len(jobs())
    [stale] = boto3.client("cloudwatch").describe_alarms(
        AlarmNames=["salesetl-keeps-enrich_sales-stale"]
    )["MetricAlarms"]
    assert stale["ActionsEnabled"] and stale["OKActions"] == stale["AlarmActions"]


@pytest.mark.usefixtures("ministack")
def test_a_plan_of_what_is_not_there_leaves_nothing_behind(
    capsys: pytest.CaptureFixture[str],
) -> None:
    infra("plan", "--release", RELEASE, env="planned")

    lines = capsys.readouterr().out.splitlines()
    heads = [line for line in lines if line.endswith(":")]
    assert heads == [f"{stack}:".replace("-dev", "-planned") for stack in STACKS]
    assert {line.split()[0] for line in lines if line not in heads} == {"add"}
    stacks = boto3.client("cloudformation").list_stacks()["StackSummaries"]
    there = {
        each["StackName"] for each in stacks if each["StackStatus"] != "DELETE_COMPLETE"
    }
    assert not {name for name in there if name.startswith("salesetl-planned")}


@pytest.mark.usefixtures("ministack")
def test_a_plan_does_not_delete_a_stack_that_was_created_since() -> None:
    stack = Stack("salesetl-raced")
    topic = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    template = Template(json.dumps(topic), [])

    with stack.change_set(template, {}):
        client = boto3.client("cloudformation")
        [made] = client.list_change_sets(StackName=stack.name)["Summaries"]
        client.execute_change_set(ChangeSetName=made["ChangeSetId"])

    assert stack.is_there()
    stack.delete()


@pytest.mark.usefixtures("ministack")
def test_infra_never_changes_what_jobs_run(tmp_path: Path) -> None:
    infra("deploy", "--release", RELEASE, env="runs")
    for job in jobs():
        deploy_past_the_stack(f"salesetl-runs-{job}", "0.6.0-ffffffffffff")
    larger = with_templates(tmp_path, "NumberOfWorkers: 10", "NumberOfWorkers: 12")
    # One job went on alone.
    deploy_past_the_stack("salesetl-runs-enrich_sales", "0.6.1-eeeeeeeeeeee")

    infra("deploy", "--release", "0.7.0-aaaaaaaaaaaa", env="runs", root=larger)

    for job, release in (
        ("enrich_sales", "0.6.1-eeeeeeeeeeee"),
        ("flatten_orders", "0.6.0-ffffffffffff"),
    ):
        found = boto3.client("glue").get_job(JobName=f"salesetl-runs-{job}")["Job"]
        assert found["NumberOfWorkers"] == 12
        assert f"/releases/{release}/jobs/" in found["Command"]["ScriptLocation"]
        version = release.partition("-")[0]
        assert found["NonOverridableArguments"]["--extra-py-files"].endswith(
            f"/{release}/salesetl-{version}.zip"
        )


def deploy_past_the_stack(name: str, release: str) -> None:
    """Let a job run another release, as a deploy of that release does."""
    glue = boto3.client("glue")
    found = glue.get_job(JobName=name)["Job"]
    former = found["Command"]["ScriptLocation"].split("/")[4]
    command = json.loads(json.dumps(found["Command"]).replace(former, release))
    glue.update_job(JobName=name, JobUpdate={"Role": found["Role"], "Command": command})


@pytest.mark.usefixtures("ministack")
def test_a_change_that_fails_leaves_jobs_the_release_they_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    infra("deploy", "--release", RELEASE, env="newer")
    for job in jobs():
        deploy_past_the_stack(f"salesetl-newer-{job}", "0.6.0-ffffffffffff")
    larger = with_templates(tmp_path, "NumberOfWorkers: 10", "NumberOfWorkers: 12")
    # Unlike a name that is taken, this shows only when it is made, after the job was changed.
    table = {
        "CatalogId": "000000000000",
        "DatabaseName": "there_is_none",
        "TableInput": {"Name": "extra"},
    }
    extra = {"Type": "AWS::Glue::Table", "DependsOn": ["Job"], "Properties": table}
    wrong = with_extra(larger, "pipelines/sales", extra)

    failed = error_of(capsys, "deploy", env="newer", root=wrong)

    assert failed.startswith(
        "salesetl-newer-sales is in UPDATE_ROLLBACK_COMPLETE: Extra "
    )
    for job in jobs():
        found = boto3.client("glue").get_job(JobName=f"salesetl-newer-{job}")["Job"]
        assert found["NumberOfWorkers"] == 10
        release = found["Command"]["ScriptLocation"].split("/")[4]
        assert release == "0.6.0-ffffffffffff"
    assert change_sets("salesetl-newer-sales") == 0


def make_bucket(name: str) -> None:
    """Make a bucket that the stack has not made."""
    boto3.client("s3").create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )


def with_extra(root: Path, name: str, resource: dict[str, Any]) -> Path:
    """Add a resource to a template below a root."""
    path = root / "infra" / f"{name}.yaml"
    extra = f"\nResources:\n  Extra: {json.dumps(resource)}\n"
    path.write_text(path.read_text().replace("\nResources:\n", extra))
    return root


@pytest.mark.usefixtures("deployed")
def test_replacing_a_bucket_is_called_out_and_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    renamed = with_templates(tmp_path, "salesetl-${Env}-raw-", "salesetl-${Env}-crude-")

    infra("plan", root=renamed)
    lines = capsys.readouterr().out.splitlines()
    error = error_of(capsys, "deploy", root=renamed)

    [line] = [line for line in lines if " AWS::S3::Bucket " in line]
    assert line.startswith("replace? RawBucket") and line.endswith("*** LOSES DATA ***")
    assert lines[-1].startswith(
        "deploy would refuse: salesetl-dev RawBucket would be replaced or removed"
    )
    assert error.endswith("pass --may-lose-data")
    assert boto3.client("s3").head_bucket(Bucket=BUCKETS["raw"])


@pytest.mark.usefixtures("ministack")
def test_a_resource_that_cannot_be_made_is_named_and_what_to_do_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_bucket("salesetl-taken-raw-000000000000-eu-central-1")

    failed = error_of(capsys, "deploy", "--release", RELEASE, env="taken")
    again = error_of(capsys, "deploy", "--release", RELEASE, env="taken")

    assert failed.startswith(
        "salesetl-taken is in ROLLBACK_COMPLETE: RawBucket (AWS::S3::Bucket): "
    )
    assert "already exists" in failed
    assert "salesetl infra delete --env taken --yes" in again


@pytest.mark.usefixtures("ministack")
def test_a_change_that_fails_is_rolled_back_and_can_be_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    infra("deploy", "--release", RELEASE, env="mended")
    make_bucket("taken")
    same = with_templates(tmp_path, "Env:", "Env:")
    taken = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "taken"}}
    wrong = with_extra(same, "salesetl", taken)

    failed = error_of(capsys, "deploy", env="mended", root=wrong)
    infra("deploy", env="mended")

    assert failed.startswith("salesetl-mended is in UPDATE_ROLLBACK_COMPLETE: Extra ")
    assert "RawBucket = salesetl-mended-raw-" in capsys.readouterr().out


@pytest.mark.usefixtures("ministack")
def test_a_template_that_is_too_large_to_be_sent_goes_by_the_bucket(
    tmp_path: Path,
) -> None:
    infra("deploy", "--release", RELEASE, env="large")
    larger = with_templates(tmp_path, "NumberOfWorkers: 10", "NumberOfWorkers: 12")
    path = larger / "infra/pipelines/sales.yaml"
    path.write_text(f"{path.read_text()}# {'x' * LARGEST_BODY}\n")

    infra("deploy", env="large", root=larger)

    job = boto3.client("glue").get_job(JobName="salesetl-large-enrich_sales")["Job"]
    assert job["NumberOfWorkers"] == 12
    bucket = BUCKETS["scripts"].replace("-dev-", "-large-")
    [sent] = boto3.client("s3").list_objects_v2(Bucket=bucket, Prefix="templates/")[
        "Contents"
    ]
    assert sent["Size"] == path.stat().st_size


@pytest.mark.usefixtures("ministack")
def test_an_emptied_bucket_holds_neither_versions_nor_marks_of_what_was_deleted() -> (
    None
):
    s3 = boto3.client("s3")
    at = {"Bucket": "emptied", "Key": "a"}
    make_bucket("emptied")
    s3.put_bucket_versioning(
        Bucket="emptied", VersioningConfiguration={"Status": "Enabled"}
    )
    s3.put_object(**at, Body=b"1")
    s3.put_object(**at, Body=b"2")
    s3.delete_object(**at)

    empty_bucket("emptied")

    left = s3.list_object_versions(Bucket="emptied")
    assert (left.get("Versions"), left.get("DeleteMarkers")) == (None, None)


@pytest.mark.usefixtures("ministack")
def test_a_stack_that_is_being_changed_is_left_alone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_waiting_stack("salesetl-busy")

    error = error_of(capsys, "deploy", "--release", RELEASE, env="busy")

    assert (
        error == "salesetl-busy is in CREATE_IN_PROGRESS: wait until this is complete"
    )


def make_waiting_stack(name: str) -> None:
    """Make a stack that is not finished by the end of the tests."""
    waiting = {
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Wait": {
            "Type": "AWS::CloudFormation::WaitCondition",
            "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "600"},
        },
    }
    boto3.client("cloudformation").create_stack(
        StackName=name, TemplateBody=json.dumps({"Resources": waiting})
    )


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["--parameter", "LogRetention=30"], "did you mean LogRetentionDays?"),
        (["--parameter", "Crawler=maybe"], "yes or no"),
        (["--parameter", "Crawler"], "must be Name=Value"),
        (["--parameter", "Env=prod"], "use --env"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_in_one_line(
    words: list[str], error: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert error in error_of(capsys, "plan", *words)


@pytest.mark.usefixtures("ministack")
def test_a_new_stack_needs_the_release_that_its_jobs_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert error_of(capsys, "deploy", env="new").startswith(
        "--release: there is no stack salesetl-new-sales yet"
    )


@pytest.mark.usefixtures("deployed")
@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("Resources: [", "infra/salesetl.yaml: not a template: "),
        ("Resources: {A: {Type: AWS::No::Thing}}", "Template"),
        ("", "not a template: it has no sections"),
        ("- 1", "not a template: it has no sections"),
    ],
)
def test_a_broken_template_is_an_error_of_one_line(
    text: str, error: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = with_templates(tmp_path, "Env:", "Env:")
    (broken / "infra/salesetl.yaml").write_text(text)

    assert error.lower() in error_of(capsys, "plan", root=broken).lower()


@pytest.mark.usefixtures("ministack")
def test_a_missing_template_is_named_with_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = error_of(capsys, "plan", root=tmp_path / "none")

    assert error.endswith("or pass --root")


@pytest.mark.usefixtures("ministack")
def test_a_missing_package_of_the_function_is_named_with_the_command_that_makes_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = error_of(capsys, "deploy", "--function", str(tmp_path / "none.zip"))

    assert error.startswith(f"{tmp_path}/none.zip: cannot be read")
    assert error.endswith("run make package-lambda")


@pytest.mark.usefixtures("ministack")
@pytest.mark.parametrize("env", ["Dev", "my-env", "abcdefghijk", ""])
def test_an_environment_has_a_short_plain_name(
    env: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "at most nine letters or digits" in error_of(capsys, "plan", env=env)


@pytest.mark.usefixtures("ministack")
def test_no_region_and_no_credentials_are_errors_of_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    # It keeps the credentials that it has found.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    no_credentials = error_of(capsys, "plan")
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    no_region = error_of(capsys, "plan")
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    no_profile = error_of(capsys, "plan")

    assert "there are no credentials; log in again" in no_credentials
    assert "no region is chosen; set AWS_REGION" in no_region
    assert "nobody" in no_profile


@pytest.mark.usefixtures("ministack")
def test_taking_it_down_says_what_goes_and_what_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    infra("deploy", "--release", RELEASE, env="gone")
    s3 = boto3.client("s3")
    buckets = {name: text.replace("-dev-", "-gone-") for name, text in BUCKETS.items()}
    for bucket in buckets.values():
        s3.put_object(Bucket=bucket, Key="a/b", Body=b"1")
        s3.put_object(Bucket=bucket, Key="a/b", Body=b"2")
    s3.delete_object(Bucket=buckets["scripts"], Key="a/b")
    capsys.readouterr()

    unsure = error_of(capsys, "delete", env="gone")
    infra("delete", "--yes", env="gone")

    assert buckets["scripts"] in unsure and unsure.endswith("pass --yes")
    last = capsys.readouterr().out.splitlines()[-1]
    assert last.startswith(
        f"salesetl-gone is deleted; {buckets['raw']} and {buckets['processed']} stay"
    )
    there = {each["Name"] for each in s3.list_buckets()["Buckets"]}
    assert there & set(buckets.values()) == {buckets["raw"], buckets["processed"]}
    assert s3.get_object(Bucket=buckets["raw"], Key="a/b")["Body"].read() == b"2"
    assert (
        error_of(capsys, "delete", "--yes", env="gone")
        == "there is no stack salesetl-gone"
    )


@pytest.mark.usefixtures("ministack")
def test_nothing_is_emptied_of_a_stack_that_is_protected_or_at_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    infra("deploy", "--release", RELEASE, env="works")
    s3, stacks = boto3.client("s3"), boto3.client("cloudformation")
    scripts = BUCKETS["scripts"].replace("-dev-", "-works-")
    s3.put_object(Bucket=scripts, Key="kept", Body=b"1")
    error = {}

    protect = stacks.update_termination_protection
    protect(StackName="salesetl-works", EnableTerminationProtection=True)
    error["protected"] = error_of(capsys, "delete", "--yes", env="works")
    protect(StackName="salesetl-works", EnableTerminationProtection=False)
    with running("salesetl-works-enrich_sales", tmp_path) as run:
        error["at work"] = error_of(capsys, "delete", "--yes", env="works")

    assert "switch it off to delete the stack" in error["protected"]
    assert f"runs under way, salesetl-works-enrich_sales ({run})" in error["at work"]
    assert s3.get_object(Bucket=scripts, Key="kept")["Body"].read() == b"1"
    # Nor does a job stand in the way that somebody has removed by hand.
    boto3.client("glue").delete_job(JobName="salesetl-works-flatten_orders")
    infra("delete", "--yes", env="works")
    assert "salesetl-works is deleted" in capsys.readouterr().out


@contextmanager
def running(job: str, folder: Path) -> Iterator[str]:
    """Let a job run for the length of the block; what Glue calls that run."""
    glue, script, end = boto3.client("glue"), folder / "wait.py", folder / "end"
    script.write_text(
        "import pathlib, time\n"
        f"while not pathlib.Path({str(end)!r}).exists():\n    time.sleep(0.05)\n"
    )
    found = glue.get_job(JobName=job)["Job"]
    command = {"Name": "pythonshell", "ScriptLocation": str(script)}
    glue.update_job(JobName=job, JobUpdate={"Role": found["Role"], "Command": command})
    run = glue.start_job_run(JobName=job)["JobRunId"]
    try:
        yield run
    finally:
        end.touch()
    while "CompletedOn" not in glue.get_job_run(JobName=job, RunId=run)["JobRun"]:
        time.sleep(0.05)


@pytest.mark.usefixtures("ministack")
def test_a_stack_that_is_being_changed_is_not_taken_down(
    capsys: pytest.CaptureFixture[str],
) -> None:
    make_waiting_stack("salesetl-changing")

    error = error_of(capsys, "delete", "--yes", env="changing")

    assert (
        error
        == "salesetl-changing is in CREATE_IN_PROGRESS: wait until this is complete"
    )
