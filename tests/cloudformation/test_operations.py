"""What those on call have, on MiniStack: a dashboard, and the chain of jobs, really executed."""

import json
import time
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

from salesetl.cli import main
from salesetl.cloudformation.chain import chain
from salesetl.glue import monthly
from salesetl.glue.definitions import job_definitions
from salesetl.metrics import NAMESPACE, OUTCOMES, metric_lines
from salesetl.registry import jobs
from salesetl.runs import RunReport
from tests.cloudformation.conftest import ROOT, infra
from tests.cloudformation.template import RESOURCES, TEMPLATES, listed, statements
from tests.emulator import ALL_RUN
from tests.glue.conftest import built_at

ACCOUNT = "000000000000"
CHAIN = f"arn:aws:states:eu-central-1:{ACCOUNT}:stateMachine:salesetl-dev-chain"


DEFINITIONS = job_definitions(str(ROOT))


def test_the_chain_starts_every_job_once_and_in_order() -> None:
    items = chain(DEFINITIONS)["States"]["Jobs"]["Result"]

    assert [each["job"] for each in items] == [
        f"salesetl-${{Env}}-{job}" for job in jobs()
    ]
    # Longer than Glue lets an attempt run.
    for item, definition in zip(items, DEFINITIONS, strict=True):
        assert item["seconds"] > definition.timeout_minutes * 60


def test_the_chain_waits_for_the_attempts_of_glue_and_starts_none_itself() -> None:
    states = chain(DEFINITIONS)["States"]["Run all"]["ItemProcessor"]["States"]

    run, tell, note = (states[name] for name in ("Run", "Tell", "Note"))
    assert run["Resource"].endswith(":states:::glue:startJobRun.sync")
    # Glue starts a failed run again: a second retry would collide with that.
    retried = [error for each in run["Retry"] for error in each["ErrorEquals"]]
    assert all(error.startswith("Glue.") for error in retried)
    assert run["Catch"][0]["Next"] == "Pause"
    ended = states["Has it ended"]
    by_state = {
        choice["StringEquals"]: choice["Next"]
        for choice in ended["Choices"]
        if "StringEquals" in choice
    }
    [waiting] = [choice for choice in ended["Choices"] if "Or" in choice]
    assert by_state == {"SUCCEEDED": "Ran"}
    assert {each["StringEquals"] for each in waiting["Or"]} >= {"RUNNING", "STARTING"}
    assert (waiting["Next"], ended["Default"]) == ("Pause", "Tell")
    assert tell["Resource"].endswith(":states:::sns:publish")
    assert (tell["Next"], tell["Catch"][0]["Next"]) == ("Note", "Note")
    assert (note["Result"], note["End"]) == ("failed", True)


def test_the_chain_may_run_these_jobs_and_tell_of_them_and_nothing_else() -> None:
    allowed = {
        (action, resource)
        for name, statement in statements()
        if name == "ChainRole"
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
    }

    started = {resource for action, resource in allowed if action == "glue:StartJobRun"}
    assert {each.rpartition("/")[2] for each in started} == {
        f"salesetl-dev-{job}" for job in jobs()
    }
    services = {action.partition(":")[0] for action, _ in allowed}
    assert services == {"glue", "sns", "kms"}


def executed(machine: str) -> dict[str, Any]:
    """Execute the chain to its end."""
    states = boto3.client("stepfunctions")
    started = states.start_execution(stateMachineArn=machine)["executionArn"]
    for _ in range(120):
        found: dict[str, Any] = states.describe_execution(executionArn=started)
        if found["status"] != "RUNNING":
            return found
        time.sleep(0.25)
    raise AssertionError(found)


@pytest.mark.usefixtures("deployed")
def test_a_chain_whose_jobs_all_succeed_succeeds() -> None:
    found = executed(f"{CHAIN}#{ALL_RUN}")

    assert found["status"] == "SUCCEEDED", found


@pytest.mark.usefixtures("deployed")
def test_a_chain_whose_jobs_fail_goes_on_tells_of_each_and_fails() -> None:
    sqs, sns = boto3.client("sqs"), boto3.client("sns")
    queue = sqs.create_queue(QueueName="heard")["QueueUrl"]
    topic = f"arn:aws:sns:eu-central-1:{ACCOUNT}:salesetl-dev-alarms"
    heard = f"arn:aws:sqs:eu-central-1:{ACCOUNT}:heard"
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=heard)

    # The emulator knows no jobs of Glue in a chain, so that each of them fails.
    found = executed(CHAIN)

    messages = []
    while got := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get(
        "Messages"
    ):
        messages += [json.loads(each["Body"]) for each in got]
        for each in got:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
    assert (found["status"], found["error"]) == ("FAILED", "JobsFailed")
    assert {each["Subject"] for each in messages} == {
        f"salesetl-dev-{job} failed in the chain" for job in jobs()
    }


@pytest.mark.usefixtures("deployed")
def test_the_dashboard_shows_each_job_by_the_metrics_of_runs() -> None:
    watch = boto3.client("cloudwatch")

    body = json.loads(
        watch.get_dashboard(DashboardName="salesetl-dev")["DashboardBody"]
    )

    shown = {
        (metric[0], metric[3])
        for widget in body["widgets"]
        for metric in widget["properties"]["metrics"]
        if len(metric) == 4 and metric[0] != "."
    }
    assert shown == {(NAMESPACE, f"salesetl-dev-{job}") for job in jobs()}
    for name in (*OUTCOMES, "DurationSeconds", "LagSeconds", "AmountLoaded"):
        assert name in json.dumps(body)
    places = [(each["x"], each["y"]) for each in body["widgets"]]
    assert len(set(places)) == len(places)


@pytest.mark.usefixtures("deployed")
def test_who_reviews_may_make_the_requests_of_a_plan_and_no_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built_at(tmp_path)
    made: set[str] = set()
    call = BaseClient._make_api_call

    def note(self: BaseClient, operation: str, asked: Any) -> Any:
        made.add(f"{self.meta.service_model.service_name}:{operation}")
        return call(self, operation, asked)

    monkeypatch.setattr(BaseClient, "_make_api_call", note)
    infra("plan")
    main(["deploy", "--env", "dev", "--root", str(tmp_path), "--dry-run"])

    allowed = {
        action
        for name, statement in statements()
        if name == "ReviewRole"
        for action in listed(statement["Action"])
    }
    # To say who one is needs no permission.
    assert made - {"sts:GetCallerIdentity"} - allowed == set()
    # The reason of a rejected plan; tags of a change set; and what CloudFormation reads for it.
    unseen = {
        "cloudformation:DescribeEvents",
        "cloudformation:TagResource",
        "s3:GetObject",
        # Of templates that are too large to be sent.
        "s3:PutObject",
    }
    assert allowed - made == unseen


def test_events_that_cannot_be_delivered_are_kept_and_told() -> None:
    rules = {
        name: resource["Properties"]["Targets"]
        for name, resource in RESOURCES.items()
        if resource["Type"] == "AWS::Events::Rule"
    }

    assert rules
    for name, targets in rules.items():
        # The generator of events is started again for the time that is missing.
        if name != "ingest.Schedule":
            assert all("DeadLetterConfig" in each for each in targets), name


def test_the_costs_of_a_month_count_what_the_templates_have() -> None:
    alarms = [
        name
        for name, each in RESOURCES.items()
        if each["Type"] == "AWS::CloudWatch::Alarm"
        and ("." not in name or name.startswith("sales."))
    ]
    filters = [
        name
        for name, each in RESOURCES.items()
        if each["Type"] == "AWS::Logs::MetricFilter" and name.startswith("sales.")
    ]
    moment = "2025-12-18T04:00:00Z"
    amounts = {"total_amount": {"": {"loaded": "1.00"}}}
    report = RunReport("r", "j", "succeeded", moment, moment, amounts=amounts)
    report.newest_file_at = moment
    told = [
        metric
        for line in metric_lines(report, "job").splitlines()
        for metric in json.loads(line)["_aws"]["CloudWatchMetrics"][0]["Metrics"]
    ]

    assert monthly.ALARMS == len(alarms)
    assert monthly.METRICS == len(told) + len(filters)
    days = TEMPLATES[""]["Parameters"]["LakeVersionDays"]["Default"]
    assert str(monthly.LAKE_VERSION_DAYS) == days
