"""The part of infra/salesetl.yaml that is made: what each job needs, and what needs all tables."""

from collections.abc import Sequence
from typing import Any

from salesetl.cloudformation.alarms import alarm_resources
from salesetl.cloudformation.permissions import LAKE, job_statements, role
from salesetl.cloudformation.reading import reading_resources
from salesetl.cloudformation.yaml_text import substituted, yaml_text
from salesetl.errors import InputError
from salesetl.glue.definitions import JobDefinition
from salesetl.glue.settings import Environment, job_settings, job_tags

PATH = "infra/salesetl.yaml"
MARKER = "  # What follows is made from jobs/*.toml and the contracts by `make docs`.\n"
_OUTPUTS = (
    "RawBucket",
    "ProcessedBucket",
    "ScriptsBucket",
    "ResultsBucket",
    "Database",
    "WorkGroup",
    "AlarmTopic",
)
_GITHUB_ROLES = ("DeployRole", "ReviewRole")
_VERSION = {"Fn::Select": [0, {"Fn::Split": ["-", {"Ref": "Release"}]}]}


def with_jobs(template: str, definitions: Sequence[JobDefinition]) -> str:
    """Return the template with what is below the marker made anew; InputError without a marker."""
    head, marker, _ = template.partition(MARKER)
    if not marker:
        raise InputError(f"{PATH}: the line that what is made begins with is gone")
    resources = reading_resources()
    for definition in definitions:
        resources |= _job_resources(definition)
    made = yaml_text({"Outputs": substituted(_outputs(definitions))})
    return head + MARKER + yaml_text(substituted(resources), indent=2) + "\n" + made


def logical_name(job: str) -> str:
    """Return what the resources of a job begin with in the template, such as EnrichSales."""
    return "".join(word.capitalize() for word in job.split("_"))


def _job_resources(definition: JobDefinition) -> dict[str, Any]:
    job, name = definition.name, logical_name(definition.name)
    return {
        f"{name}Role": role(f"job-{job}", job_statements(definition)),
        f"{name}Job": _job(definition),
        **({f"{name}Trigger": _trigger(definition)} if definition.schedule else {}),
        **alarm_resources(definition, name),
    }


def _job(definition: JobDefinition) -> dict[str, Any]:
    environment = Environment(
        name="${Env}",
        raw="s3://${RawBucket}",
        lake=f"s3://${{ProcessedBucket}}/{LAKE}",
        scripts="s3://${ScriptsBucket}",
        database="${Database}",
        roles={definition.name: f"${{{logical_name(definition.name)}Role.Arn}}"},
    )
    release = f"{environment.scripts}/releases/${{Release}}"
    settings = job_settings(
        definition, environment, release, "salesetl-${Version}-py3-none-any.whl"
    )
    wheel = settings["DefaultArguments"]["--extra-py-files"]
    # The wheel is of the version that the release tells, whatever the template was made by.
    settings["DefaultArguments"]["--extra-py-files"] = {
        "Fn::Sub": [wheel, {"Version": _VERSION}]
    }
    return {
        "Type": "AWS::Glue::Job",
        "Properties": {
            "Name": environment.job_name(definition.name),
            **settings,
            "Tags": job_tags(definition, environment),
        },
    }


def _trigger(definition: JobDefinition) -> dict[str, Any]:
    name = definition.name
    return {
        "Type": "AWS::Glue::Trigger",
        "Properties": {
            # Glue starts a trigger only when it is made: another name makes another.
            "Name": f"salesetl-${{Env}}-{name}-${{Schedules}}",
            "Type": "SCHEDULED",
            "Schedule": definition.schedule,
            "StartOnCreation": {"Fn::If": ["AreSchedulesOn", True, False]},
            "Actions": [{"JobName": {"Ref": f"{logical_name(name)}Job"}}],
        },
    }


def _outputs(definitions: Sequence[JobDefinition]) -> dict[str, Any]:
    names = [f"{logical_name(definition.name)}Role" for definition in definitions]
    return {
        **{name: {"Value": {"Ref": name}} for name in _OUTPUTS},
        "AnalystPolicy": {"Value": {"Ref": "AnalystPolicy"}},
        **{name: {"Value": f"${{{name}.Arn}}"} for name in names},
        **{
            name: {"Condition": "IsDeployedByGitHub", "Value": f"${{{name}.Arn}}"}
            for name in _GITHUB_ROLES
        },
    }
