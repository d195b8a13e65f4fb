"""The template is well formed, small enough, and says of each job what its definition says."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from salesetl.cloudformation.template import logical_name, with_jobs
from salesetl.errors import InputError
from salesetl.glue.definitions import JobDefinition, job_definitions
from salesetl.glue.settings import Environment, job_settings, job_tags
from tests.cloudformation.template import (
    PATH,
    RESOURCES,
    TEMPLATE,
    filled,
    load,
    of_type,
)

ROOT = Path(__file__).parents[2]
DEFINITIONS = job_definitions(str(ROOT))
# More than that CloudFormation takes only from a bucket.
LARGEST = 51_200
OUTPUTS = (
    "RawBucket ProcessedBucket ScriptsBucket ResultsBucket Database WorkGroup AlarmTopic"
    " AnalystPolicy DeployRole ReviewRole"
)

each_job = pytest.mark.parametrize(
    "definition", DEFINITIONS, ids=lambda each: each.name
)


def resource(definition: JobDefinition, what: str) -> dict[str, Any]:
    """Return the properties of a job's resource, filled in."""
    properties: dict[str, Any] = filled(
        RESOURCES[f"{logical_name(definition.name)}{what}"]["Properties"]
    )
    return properties


def test_cfn_lint_finds_nothing() -> None:
    lint = Path(sys.executable).with_name("cfn-lint")

    done = subprocess.run([lint, PATH], capture_output=True, text=True, check=False)

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_the_template_is_small_enough_to_be_sent() -> None:
    assert len(PATH.read_bytes()) < LARGEST


def test_every_parameter_is_described_and_checked() -> None:
    for name, parameter in TEMPLATE["Parameters"].items():
        assert parameter["Description"].endswith((".", ").")), name
        assert parameter["ConstraintDescription"], name
        pattern = re.compile(parameter["AllowedPattern"])
        if "Default" in parameter:
            assert pattern.fullmatch(parameter["Default"]), name
        assert not pattern.fullmatch("no, thank you"), name


def test_the_outputs_are_those_that_others_rely_on() -> None:
    roles = [f"{logical_name(each.name)}Role" for each in DEFINITIONS]

    assert set(TEMPLATE["Outputs"]) == {*OUTPUTS.split(), *roles}


def test_what_is_made_again_is_the_same() -> None:
    text = PATH.read_text()

    assert with_jobs(text, DEFINITIONS) == text


def test_a_change_of_a_definition_comes_through() -> None:
    larger = [replace(each, workers=20) for each in DEFINITIONS]

    made = load(with_jobs(PATH.read_text(), larger))["Resources"]

    workers = {
        made[f"{logical_name(each.name)}Job"]["Properties"]["NumberOfWorkers"]
        for each in larger
    }
    assert workers == {20}


def test_a_job_without_a_schedule_has_no_trigger() -> None:
    unscheduled = [replace(each, schedule="") for each in DEFINITIONS]

    made = load(with_jobs(PATH.read_text(), unscheduled))["Resources"]

    assert not [name for name in made if name.endswith("Trigger")]


def test_a_template_without_the_marker_is_left_alone() -> None:
    with pytest.raises(
        InputError, match="the line that what is made begins with is gone"
    ):
        with_jobs("Resources:\n", DEFINITIONS)


@each_job
def test_the_stack_gives_a_job_the_settings_of_a_deploy(
    definition: JobDefinition,
) -> None:
    role = f"{logical_name(definition.name)}Role"
    environment = Environment(
        name="dev",
        raw="s3://RawBucket",
        lake="s3://ProcessedBucket/lake",
        scripts="s3://ScriptsBucket",
        database="salesetl_dev",
        roles={definition.name: role},
    )

    expected = job_settings(
        definition,
        environment,
        "s3://ScriptsBucket/releases/0.5.0-0123456789ab",
        "salesetl-0.5.0-py3-none-any.whl",
    )

    job = resource(definition, "Job")
    assert job.pop("Tags") == job_tags(definition, environment)
    assert job.pop("Name") == environment.job_name(definition.name)
    assert job == expected


@each_job
def test_a_trigger_of_another_name_comes_with_the_schedule(
    definition: JobDefinition,
) -> None:
    trigger = RESOURCES[f"{logical_name(definition.name)}Trigger"]["Properties"]

    assert trigger["StartOnCreation"] == {"Fn::If": ["AreSchedulesOn", True, False]}
    assert TEMPLATE["Parameters"]["Schedules"]["Default"] == "off"
    names = {filled(trigger["Name"], {"Schedules": each}) for each in ("on", "off")}
    assert len(names) == 2
    assert trigger["Schedule"] == definition.schedule


def test_every_alarm_tells_the_topic() -> None:
    alarms = of_type("AWS::CloudWatch::Alarm")

    assert len(alarms) == 2 * len(DEFINITIONS)
    for alarm in alarms.values():
        assert alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}]
        assert filled(alarm["AlarmName"]).startswith("salesetl-dev-")


@each_job
def test_too_many_rejected_rows_are_told_before_a_run_fails_of_them(
    definition: JobDefinition,
) -> None:
    alarm = resource(definition, "RejectedAlarm")
    metric = resource(definition, "RatioMetric")

    assert alarm["Threshold"] == definition.alarms.rejected_ratio
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert alarm["TreatMissingData"] == "notBreaching"
    check_metric(alarm, metric, definition)


@each_job
def test_no_run_at_all_is_told_as_well_as_a_failed_one(
    definition: JobDefinition,
) -> None:
    alarm = resource(definition, "StaleAlarm")
    metric = resource(definition, "SuccessMetric")

    hours = alarm["EvaluationPeriods"] * alarm["Period"] / 3600
    assert hours == definition.alarms.fresh_within_hours
    assert alarm["DatapointsToAlarm"] == alarm["EvaluationPeriods"]
    # CloudWatch looks no further back than a week.
    assert hours <= 168
    assert alarm["TreatMissingData"] == "breaching"
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert '$.status = "succeeded"' in metric["FilterPattern"]
    check_metric(alarm, metric, definition)


@each_job
def test_a_run_that_is_late_is_told_from_the_day_that_schedules_are_on(
    definition: JobDefinition,
) -> None:
    # One that was silent until then would be in ALARM already, and only a change is told.
    stale = RESOURCES[f"{logical_name(definition.name)}StaleAlarm"]

    assert stale["Condition"] == "AreSchedulesOn"
    assert "ActionsEnabled" not in stale["Properties"]
    assert stale["Properties"]["OKActions"] == [{"Ref": "AlarmTopic"}]


def check_metric(
    alarm: dict[str, Any], metric: dict[str, Any], definition: JobDefinition
) -> None:
    """See that an alarm looks at the very metric that is taken from the log of its job."""
    [taken] = metric["MetricTransformations"]
    assert alarm["Namespace"] == taken["MetricNamespace"] == "salesetl/dev"
    assert alarm["MetricName"] == taken["MetricName"]
    assert alarm["Dimensions"] == [{"Name": "job", "Value": definition.name}]
    assert taken["Dimensions"] == [{"Key": "job", "Value": "$.job"}]
    assert '$.event = "run_report"' in metric["FilterPattern"]
    log = resource(definition, "OutputLog")["LogGroupName"]
    assert log == f"/salesetl/dev/{definition.name}/output"
    assert metric["LogGroupName"] == f"{logical_name(definition.name)}OutputLog"


@each_job
def test_a_long_run_is_told_while_it_runs(definition: JobDefinition) -> None:
    job = resource(definition, "Job")

    assert job["NotificationProperty"]["NotifyDelayAfter"] < job["Timeout"]
    pattern = filled(RESOURCES["LongRuns"]["Properties"]["EventPattern"])
    assert pattern["detail-type"] == ["Glue Job Run Status"]
    [name] = pattern["detail"]["jobName"]
    assert job["Name"].startswith(name["prefix"])


def test_every_end_but_a_good_one_is_told() -> None:
    rule = filled(RESOURCES["FailedRuns"]["Properties"])

    assert set(rule["EventPattern"]["detail"]["state"]) == {
        "FAILED",
        "TIMEOUT",
        "STOPPED",
        "ERROR",
    }
    assert [target["Arn"] for target in rule["Targets"]] == ["AlarmTopic"]
