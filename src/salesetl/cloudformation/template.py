"""Build the CloudFormation template of a pipeline from the definition of its job.

It has database, job, role, schedule, logs, alarms, and the Lambda function if there is one.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

import yaml

from salesetl.cloudformation.alarms import alarm_resources
from salesetl.cloudformation.lambda_function import function_resources
from salesetl.cloudformation.parameters import conditions, parameters
from salesetl.cloudformation.permissions import (
    LAKE,
    PROCESSED,
    RAW,
    SCRIPTS,
    job_statements,
    role,
)
from salesetl.cloudformation.reading import reading_resources
from salesetl.cloudformation.rulesets import data_quality_resources
from salesetl.glue.definitions import JobDefinition
from salesetl.glue.settings import Environment, job_settings, job_tags
from salesetl.registry import pipeline_of_job

_REFERENCE = re.compile(r"\$\{([A-Za-z0-9:]+)\}")
_ATTRIBUTE = re.compile(r"\$\{([A-Za-z0-9]+\.[A-Za-z0-9]+)\}")
# These functions replace `${…}` in their text themselves.
_FUNCTIONS = ("Ref", "Condition", "Fn::Sub", "Fn::GetAtt")
_VERSION = {"Fn::Select": [0, {"Fn::Split": ["-", {"Ref": "Release"}]}]}


def pipeline_template(definition: JobDefinition) -> str:
    """Return the template of the stack of a pipeline."""
    pipeline = pipeline_of_job(definition.name)
    resources = {
        "Database": _database(pipeline.name),
        "Role": role(f"job-{definition.name}", job_statements(definition)),
        "Job": _job(definition),
        **({"Trigger": _trigger(definition)} if definition.schedule else {}),
        **alarm_resources(definition),
        **reading_resources(pipeline),
        **data_quality_resources(pipeline),
    }
    function = definition.function
    if function:
        resources |= function_resources(definition, function)
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": f"Pipeline {pipeline.name} of salesetl in one environment",
        "Parameters": parameters(has_function=bool(function)),
        "Conditions": conditions(has_function=bool(function)),
        "Resources": substituted(resources),
        "Outputs": {
            "Database": {"Value": {"Ref": "Database"}},
            "ReaderPolicy": {"Value": {"Ref": "ReaderPolicy"}},
        },
    }
    # The copy shares no objects, because CloudFormation does not allow YAML aliases.
    template = json.loads(json.dumps(template))
    text = yaml.safe_dump(template, sort_keys=False, width=100)
    return f"# Made by `make docs` from jobs/{definition.name}.toml and the contracts.\n{text}"


def substituted(value: Any) -> Any:
    """Return settings with each text that contains `${…}` as a Ref, GetAtt or Sub."""
    if isinstance(value, str):
        return _substituted_text(value)
    if isinstance(value, Mapping):
        if len(value) == 1 and next(iter(value)) in _FUNCTIONS:
            return value
        return {key: substituted(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [substituted(inner) for inner in value]
    return value


def _substituted_text(text: str) -> Any:
    if found := _REFERENCE.fullmatch(text):
        return {"Ref": found[1]}
    if found := _ATTRIBUTE.fullmatch(text):
        return {"Fn::GetAtt": found[1]}
    return {"Fn::Sub": text} if "${" in text else text


def _database(pipeline: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Glue::Database",
        "Properties": {
            "CatalogId": "${AWS::AccountId}",
            "DatabaseInput": {
                "Name": f"salesetl_${{Env}}_{pipeline}",
                "Description": f"Tables of {pipeline}, which its job registers",
            },
        },
    }


def _job(definition: JobDefinition) -> dict[str, Any]:
    environment = Environment(
        name="${Env}",
        raw=f"s3://{RAW}",
        lake=f"s3://{PROCESSED}/{LAKE}",
        scripts=f"s3://{SCRIPTS}",
        job_roles="",
    )
    release = f"{environment.scripts}/releases/${{Release}}"
    settings = job_settings(definition, environment, release, "${Version}")
    fixed = settings["NonOverridableArguments"]
    code = fixed["--extra-py-files"]
    # The version of the code comes from the release, not from the version that built the template.
    fixed["--extra-py-files"] = {"Fn::Sub": [code, {"Version": _VERSION}]}
    return {
        "Type": "AWS::Glue::Job",
        "Properties": {
            "Name": environment.job_name(definition.name),
            **settings,
            "Role": "${Role.Arn}",
            "Tags": job_tags(definition, environment),
        },
    }


def _trigger(definition: JobDefinition) -> dict[str, Any]:
    return {
        "Type": "AWS::Glue::Trigger",
        "Properties": {
            # Glue starts a trigger only when it is created, so the name changes with the parameter.
            "Name": f"salesetl-${{Env}}-{definition.name}-${{Schedules}}",
            "Type": "SCHEDULED",
            "Schedule": definition.schedule,
            "StartOnCreation": {"Fn::If": ["AreSchedulesOn", True, False]},
            "Actions": [{"JobName": {"Ref": "Job"}}],
        },
    }
