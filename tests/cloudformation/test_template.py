"""The templates are well formed, and say of each job what its definition says."""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from salesetl.cloudformation.alarms import TOPIC
from salesetl.cloudformation.generated_parts import with_generated_parts
from salesetl.cloudformation.stacks import LARGEST_BODY
from salesetl.cloudformation.template import pipeline_template
from salesetl.errors import InputError
from salesetl.glue.definitions import JobDefinition, job_definitions
from salesetl.glue.settings import Environment, job_settings, job_tags
from salesetl.registry import namespaces, pipeline_of_job
from tests.cloudformation.template import (
    PATHS,
    RESOURCES,
    TEMPLATES,
    bucket,
    database,
    filled,
    load,
    of_type,
)

ROOT = Path(__file__).parents[2]
DEFINITIONS = job_definitions(str(ROOT))
OUTPUTS = (
    "RawBucket ProcessedBucket ScriptsBucket ResultsBucket WorkGroup AlarmTopic AnalystPolicy"
    " Chain JobRoles DeployRole ReviewRole"
)

each_job = pytest.mark.parametrize(
    "definition", DEFINITIONS, ids=lambda each: each.name
)


def resource(definition: JobDefinition, what: str) -> dict[str, Any]:
    """Return the properties of a resource of a job's template, filled in."""
    pipeline = pipeline_of_job(definition.name).name
    properties: dict[str, Any] = filled(
        RESOURCES[f"{pipeline}.{what}"]["Properties"], {"Database": database(pipeline)}
    )
    return properties


def test_cfn_lint_finds_nothing() -> None:
    lint = Path(sys.executable).with_name("cfn-lint")

    done = subprocess.run(
        [lint, *PATHS.values()], capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_every_parameter_is_described_and_checked() -> None:
    for template in TEMPLATES.values():
        for name, parameter in template["Parameters"].items():
            assert parameter["Description"].endswith((".", ").")), name
            assert parameter["ConstraintDescription"], name
            pattern = re.compile(parameter["AllowedPattern"])
            if "Default" in parameter:
                assert pattern.fullmatch(parameter["Default"]), name
            assert not pattern.fullmatch("no, thank you"), name


@pytest.mark.parametrize("pipeline", [*namespaces(), "ingest"])
def test_what_both_templates_ask_for_they_take_alike(pipeline: str) -> None:
    ours, theirs = TEMPLATES[""]["Parameters"], TEMPLATES[pipeline]["Parameters"]

    shared = set(ours) & set(theirs)

    assert shared == {"Env", "KmsKeyArn"}
    for name in shared:
        for what in ("Default", "AllowedPattern"):
            assert ours[name].get(what) == theirs[name].get(what)


def test_the_outputs_are_those_that_others_rely_on() -> None:
    assert set(TEMPLATES[""]["Outputs"]) == set(OUTPUTS.split())
    roles = filled(TEMPLATES[""]["Outputs"]["JobRoles"]["Value"])
    for definition in DEFINITIONS:
        role = resource(definition, "Role")["RoleName"]
        assert f"{roles}{definition.name}".endswith(f":role/{role}")


def test_what_is_made_again_is_the_same() -> None:
    text = PATHS[""].read_text()

    assert with_generated_parts(text, DEFINITIONS) == text
    for definition in DEFINITIONS:
        path = PATHS[pipeline_of_job(definition.name).name]
        assert pipeline_template(definition) == path.read_text()


@each_job
def test_a_change_of_a_definition_comes_through(definition: JobDefinition) -> None:
    larger = load(pipeline_template(replace(definition, workers=20)))

    assert larger["Resources"]["Job"]["Properties"]["NumberOfWorkers"] == 20


@each_job
def test_a_job_without_a_schedule_has_no_trigger(definition: JobDefinition) -> None:
    made = load(pipeline_template(replace(definition, schedule="")))

    assert "Trigger" not in made["Resources"]


@each_job
def test_a_job_without_a_function_has_no_queue(definition: JobDefinition) -> None:
    made = load(pipeline_template(replace(definition, function=None)))

    kinds = {each["Type"] for each in made["Resources"].values()}
    assert not {kind for kind in kinds if kind.startswith(("AWS::SQS", "AWS::Lambda"))}
    assert "FunctionPackage" not in made["Parameters"]


def test_each_pipeline_has_rules_for_its_staging_and_quarantine() -> None:
    bucket = TEMPLATES[""]["Resources"]["ProcessedBucket"]["Properties"]
    rules = bucket["LifecycleConfiguration"]["Rules"]
    prefixes = [rule.get("Prefix") for rule in rules]

    for name in namespaces():
        assert f"lake/{name}/_staging/" in prefixes
        [quarantine] = [
            rule for rule in rules if rule.get("Prefix") == f"lake/{name}/quarantine/"
        ]
        assert quarantine["ExpirationInDays"] == {"Ref": "QuarantineDays"}


def test_versions_of_the_lake_are_kept_for_days_of_their_own() -> None:
    template = TEMPLATES[""]
    rules = template["Resources"]["ProcessedBucket"]["Properties"][
        "LifecycleConfiguration"
    ]["Rules"]
    [versions] = [rule for rule in rules if rule["Id"] == "lake-versions"]

    days = {"NoncurrentDays": {"Ref": "LakeVersionDays"}}
    assert (versions["Prefix"], versions["NoncurrentVersionExpiration"]) == (
        "lake/",
        days,
    )
    assert template["Parameters"]["LakeVersionDays"]["Default"] == "7"


def test_raw_files_are_archived_or_deleted_only_if_asked_for() -> None:
    template = TEMPLATES[""]
    rules = template["Resources"]["RawBucket"]["Properties"]["LifecycleConfiguration"]
    asked = [each["Fn::If"] for each in rules["Rules"] if "Fn::If" in each]

    assert [condition for condition, *_ in asked] == ["IsRawArchived", "IsRawExpired"]
    assert all(other == {"Ref": "AWS::NoValue"} for _, _, other in asked)
    [transition] = asked[0][1]["Transitions"]
    # Of the classes of Glacier, jobs can read only this one without a restore.
    assert transition["StorageClass"] == "GLACIER_IR"
    for name in ("RawGlacierDays", "RawExpiryDays"):
        assert template["Parameters"][name]["Default"] == "0"


def test_a_template_without_its_marks_is_left_alone() -> None:
    with pytest.raises(InputError, match="a marker line around the rules for staging"):
        with_generated_parts("Resources:\n", DEFINITIONS)


def test_the_template_of_an_environment_can_be_sent_before_there_is_a_bucket() -> None:
    assert len(PATHS[""].read_bytes()) < LARGEST_BODY


@each_job
def test_the_stack_gives_a_job_the_settings_of_a_deploy(
    definition: JobDefinition,
) -> None:
    scripts = f"s3://{bucket('scripts')}"
    environment = Environment(
        name="dev",
        raw=f"s3://{bucket('raw')}",
        lake=f"s3://{bucket('processed')}/lake",
        scripts=scripts,
        job_roles="",
    )

    expected = job_settings(
        definition,
        environment,
        f"{scripts}/releases/0.5.0-0123456789ab",
        "0.5.0",
    )

    job = resource(definition, "Job")
    assert job.pop("Tags") == job_tags(definition, environment)
    assert job.pop("Name") == environment.job_name(definition.name)
    assert job == expected | {"Role": "Role"}


@each_job
def test_a_trigger_of_another_name_comes_with_the_schedule(
    definition: JobDefinition,
) -> None:
    pipeline = pipeline_of_job(definition.name).name
    trigger = RESOURCES[f"{pipeline}.Trigger"]["Properties"]

    assert trigger["StartOnCreation"] == {"Fn::If": ["AreSchedulesOn", True, False]}
    assert TEMPLATES[pipeline]["Parameters"]["Schedules"]["Default"] == "off"
    names = {filled(trigger["Name"], {"Schedules": each}) for each in ("on", "off")}
    assert len(names) == 2
    assert trigger["Schedule"] == definition.schedule


def test_every_alarm_publishes_to_the_topic() -> None:
    alarms = of_type("AWS::CloudWatch::Alarm")

    functions = [each for each in DEFINITIONS if each.function]
    others = [name for name in alarms if "." not in name or name.startswith("ingest.")]
    assert len(alarms) == 2 * len(DEFINITIONS) + 2 * len(functions) + len(others)
    assert {"UndeliveredEventsAlarm", "FailedRunsUndelivered"} <= set(others)
    topic = filled({"Fn::Sub": TOPIC})
    assert topic.endswith(
        f":{filled(RESOURCES['AlarmTopic']['Properties']['TopicName'])}"
    )
    for alarm in alarms.values():
        assert filled(alarm["AlarmActions"]) in ([topic], ["AlarmTopic"])
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
    # A silenced alarm would be in ALARM already, and CloudWatch notifies only of a change.
    stale = RESOURCES[f"{pipeline_of_job(definition.name).name}.StaleAlarm"]

    assert stale["Condition"] == "AreSchedulesOn"
    assert "ActionsEnabled" not in stale["Properties"]
    assert stale["Properties"]["OKActions"] == stale["Properties"]["AlarmActions"]


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
    assert metric["LogGroupName"] == "OutputLog"


@each_job
def test_a_long_run_is_told_while_it_runs(definition: JobDefinition) -> None:
    job = resource(definition, "Job")

    assert job["NotificationProperty"]["NotifyDelayAfter"] < job["Timeout"]
    pattern = filled(RESOURCES["LongRuns"]["Properties"]["EventPattern"])
    assert pattern["detail-type"] == ["Glue Job Run Status"]
    [name] = pattern["detail"]["jobName"]
    assert job["Name"].startswith(name["prefix"])


def test_every_end_but_a_good_one_is_reported() -> None:
    rule = filled(RESOURCES["FailedRuns"]["Properties"])

    assert set(rule["EventPattern"]["detail"]["state"]) == {
        "FAILED",
        "TIMEOUT",
        "STOPPED",
        "ERROR",
    }
    assert [target["Arn"] for target in rule["Targets"]] == ["AlarmTopic"]


@each_job
def test_rulesets_are_attached_to_each_table_only_if_asked_for(
    definition: JobDefinition,
) -> None:
    # cfn-lint looks at them; the emulator does not know such a resource.
    pipeline = pipeline_of_job(definition.name)
    rulesets = {
        properties["TargetTable"]["TableName"]: properties
        for name, properties in of_type("AWS::Glue::DataQualityRuleset").items()
        if name.startswith(f"{pipeline.name}.")
    }

    assert set(rulesets) == {output.table.sql_name for output in pipeline.outputs}
    for output in pipeline.outputs:
        ruleset = rulesets[output.table.sql_name]
        file = (ROOT / "sql" / "dqdl" / f"{output.table.folder}.dqdl").read_text()
        assert ruleset["Ruleset"] in file
        assert ruleset["Ruleset"].startswith("Rules = [")
        assert ruleset["TargetTable"]["DatabaseName"] == {"Ref": "Database"}
    conditions = {
        resource["Condition"]
        for name, resource in RESOURCES.items()
        if name.startswith(f"{pipeline.name}.")
        and resource["Type"] == "AWS::Glue::DataQualityRuleset"
    }
    assert conditions == {"HasDataQuality"}
    assert TEMPLATES[pipeline.name]["Parameters"]["DataQuality"]["Default"] == "no"


def test_a_broken_ruleset_is_told_to_the_topic() -> None:
    rule = filled(RESOURCES["FailedQuality"]["Properties"])

    pattern = rule["EventPattern"]
    assert pattern["source"] == ["aws.glue-dataquality"]
    assert pattern["detail"]["state"] == ["FAILED"]
    assert pattern["detail"]["context"]["databaseName"] == [{"prefix": "salesetl_dev_"}]
    assert [target["Arn"] for target in rule["Targets"]] == ["AlarmTopic"]


def test_every_log_group_takes_the_key_of_the_environment() -> None:
    groups = of_type("AWS::Logs::LogGroup")

    assert len(groups) > 2 * len(DEFINITIONS)
    for name, group in groups.items():
        key = {"Fn::If": ["HasKey", {"Ref": "KmsKeyArn"}, {"Ref": "AWS::NoValue"}]}
        assert group["KmsKeyId"] == key, name


def test_a_function_has_a_queue_a_dead_letter_queue_and_reserved_runs() -> None:
    with_function = [each for each in DEFINITIONS if each.function]

    assert with_function
    for definition in with_function:
        function = resource(definition, "Function")
        assert function["ReservedConcurrentExecutions"] == "FunctionConcurrency"
        [target] = resource(definition, "NewFiles")["Targets"]
        assert target["DeadLetterConfig"] == {"Arn": "DeadLetterQueue"}
        redrive = resource(definition, "Queue")["RedrivePolicy"]
        assert redrive["deadLetterTargetArn"] == "DeadLetterQueue"
        parameter = TEMPLATES[pipeline_of_job(definition.name).name]["Parameters"]
        pattern = parameter["FunctionConcurrency"]["AllowedPattern"]
        # One at a time would throttle what waits for the lease of another.
        assert not re.fullmatch(pattern, "1")
        assert all(re.fullmatch(pattern, each) for each in ("0", "2", "10", "999"))


@each_job
def test_a_job_on_spare_capacity_says_so(definition: JobDefinition) -> None:
    flexible = load(pipeline_template(replace(definition, execution_class="FLEX")))

    job = flexible["Resources"]["Job"]["Properties"]
    assert job["ExecutionClass"] == "FLEX"
    assert "ExecutionClass" not in resource(definition, "Job")
