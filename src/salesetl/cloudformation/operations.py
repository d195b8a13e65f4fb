"""Build what an environment has for those on call: alarms, a dashboard, and the chain of all jobs.

The chain is a state machine that starts the jobs one after the other and waits for each. A job that
fails is started again; if it keeps failing, the chain says so to the topic of alarms, goes on with
the next job, for the pipelines do not depend on each other, and ends as failed.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from salesetl.cloudformation.alarms import TOPIC, failed_invocations_alarm
from salesetl.cloudformation.permissions import allow, arn, role
from salesetl.glue.definitions import JobDefinition
from salesetl.metrics import DIMENSION, NAMESPACE, OUTCOMES

_WIDTH, _HEIGHT = 8, 6
_HOUR = 3600
# The rules of an environment, by their logical names.
_RULES = {
    "FailedRuns": "failed-runs",
    "LongRuns": "long-runs",
    "FailedQuality": "failed-quality",
    "ChainStart": "chain-start",
}
# A run that waits for capacity or for its turn is no failure of the job.
_BUSY = (
    "Glue.ConcurrentRunsExceededException",
    "Glue.ResourceNumberLimitExceededException",
)


def operations(definitions: Sequence[JobDefinition]) -> dict[str, Any]:
    """Return the resources of an environment that follow from its jobs."""
    jobs = [each.name for each in definitions]
    alarms = {
        f"{rule}Undelivered": failed_invocations_alarm(
            name, rule, f"EventBridge could not reach the target of its rule {name}"
        )
        for rule, name in _RULES.items()
    }
    alarms["ChainStartUndelivered"] = {"Condition": "IsChainScheduled"} | alarms[
        "ChainStartUndelivered"
    ]
    return alarms | {
        "Dashboard": {
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {
                "DashboardName": "salesetl-${Env}",
                "DashboardBody": _json(_dashboard(jobs)),
            },
        },
        "ChainRole": role("chain", _chain_statements(jobs), "states"),
        "Chain": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "StateMachineName": "salesetl-${Env}-chain",
                "StateMachineType": "STANDARD",
                "RoleArn": "${ChainRole.Arn}",
                "DefinitionString": _json(_chain(definitions)),
            },
        },
        "ChainStartRole": {"Condition": "IsChainScheduled"}
        | role(
            "chain-start",
            [allow("Start", ["states:StartExecution"], ["${Chain}"])],
            "events",
        ),
        "ChainStart": {
            "Condition": "IsChainScheduled",
            "Type": "AWS::Events::Rule",
            "Properties": {
                "Name": "salesetl-${Env}-chain-start",
                "Description": "Starts the chain of all jobs",
                "ScheduleExpression": "${ChainSchedule}",
                "Targets": [
                    {
                        "Id": "chain",
                        "Arn": "${Chain}",
                        "RoleArn": "${ChainStartRole.Arn}",
                        "DeadLetterConfig": {"Arn": "${UndeliveredEvents.Arn}"},
                    }
                ],
            },
        },
    }


def _dashboard(jobs: Sequence[str]) -> dict[str, Any]:
    """Lay out a row of three charts for each job, and one of the amounts of all."""
    widgets = []
    for row, job in enumerate(jobs):
        charts = (
            ("rows by outcome", list(OUTCOMES), "Sum"),
            ("seconds", ["DurationSeconds", "LagSeconds"], "Maximum"),
            ("bytes read", ["BytesRead"], "Sum"),
        )
        for column, (title, metrics, statistic) in enumerate(charts):
            first = [NAMESPACE, metrics[0], DIMENSION, f"salesetl-${{Env}}-{job}"]
            # A dot stands for what is above it.
            others = [[".", metric, ".", "."] for metric in metrics[1:]]
            chart = {"title": f"{job}: {title}", "stat": statistic}
            widgets.append(
                _widget(column, row, 1, {**chart, "metrics": [first, *others]})
            )
    search = (
        f"SEARCH('{{{NAMESPACE},{DIMENSION},amount,currency}} MetricName=\"AmountLoaded\"',"
        f" 'Sum', {_HOUR})"
    )
    amounts = {
        "title": "amounts loaded, by currency",
        "metrics": [[{"expression": search, "id": "amounts"}]],
    }
    widgets.append(_widget(0, len(jobs), 3, amounts))
    return {"widgets": widgets}


def _widget(
    column: int, row: int, columns: int, chart: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "type": "metric",
        "x": column * _WIDTH,
        "y": row * _HEIGHT,
        "width": columns * _WIDTH,
        "height": _HEIGHT,
        "properties": {"region": "${AWS::Region}", "period": _HOUR, **chart},
    }


def _chain(definitions: Sequence[JobDefinition]) -> dict[str, Any]:
    """Write the states: one job after the other, then whether any has failed."""
    return {
        "StartAt": "Jobs",
        "States": {
            "Jobs": {
                "Type": "Pass",
                "Result": list(map(_item, definitions)),
                "Next": "Run all",
            },
            "Run all": {
                "Type": "Map",
                "MaxConcurrency": 1,
                "ItemProcessor": {"StartAt": "Run", "States": _states_of_a_job()},
                "Next": "Look",
            },
            "Look": {
                "Type": "Pass",
                "Parameters": {"has_failed.$": "States.ArrayContains($, 'failed')"},
                "Next": "Check",
            },
            "Check": {
                "Type": "Choice",
                "Choices": [
                    {
                        "Variable": "$.has_failed",
                        "BooleanEquals": True,
                        "Next": "Failed",
                    }
                ],
                "Default": "Succeeded",
            },
            "Failed": {
                "Type": "Fail",
                "Error": "JobsFailed",
                "Cause": "the topic of alarms has the jobs and the reasons",
            },
            "Succeeded": {"Type": "Succeed"},
        },
    }


def _item(definition: JobDefinition) -> dict[str, Any]:
    # Glue stops each attempt at its limit; an hour is for waiting.
    attempts = definition.max_retries + 1
    return {
        "job": f"salesetl-${{Env}}-{definition.name}",
        "seconds": attempts * definition.timeout_minutes * 60 + _HOUR,
    }


def _states_of_a_job() -> dict[str, Any]:
    any_error = {"ErrorEquals": ["States.ALL"]}
    return {
        "Run": {
            "Type": "Task",
            "Resource": "arn:${AWS::Partition}:states:::glue:startJobRun.sync",
            "Parameters": {"JobName.$": "$.job"},
            "TimeoutSecondsPath": "$.seconds",
            "Retry": [
                {
                    "ErrorEquals": list(_BUSY),
                    "IntervalSeconds": 120,
                    "BackoffRate": 2,
                    "MaxAttempts": 4,
                },
                # A run is safe to repeat: it does not load again what it has published.
                {
                    "ErrorEquals": ["States.TaskFailed"],
                    "IntervalSeconds": 60,
                    "MaxAttempts": 1,
                },
            ],
            "Catch": [{**any_error, "ResultPath": "$.error", "Next": "Tell"}],
            "ResultPath": None,
            "Next": "Ran",
        },
        "Ran": {"Type": "Pass", "Result": "succeeded", "End": True},
        "Tell": {
            "Type": "Task",
            "Resource": "arn:${AWS::Partition}:states:::sns:publish",
            "Parameters": {
                "TopicArn": TOPIC,
                "Subject.$": "States.Format('{} failed in the chain', $.job)",
                "Message.$": "States.JsonToString($.error)",
            },
            # Not to be told of a failure must not keep the other jobs from running.
            "Catch": [{**any_error, "ResultPath": None, "Next": "Note"}],
            "ResultPath": None,
            "Next": "Note",
        },
        "Note": {"Type": "Pass", "Result": "failed", "End": True},
    }


def _chain_statements(jobs: Sequence[str]) -> list[dict[str, Any]]:
    return [
        allow(
            "RunJobs",
            [
                "glue:StartJobRun",
                "glue:GetJobRun",
                "glue:GetJobRuns",
                "glue:BatchStopJobRun",
            ],
            [arn("glue", f"job/salesetl-${{Env}}-{job}") for job in jobs],
        ),
        allow("Tell", ["sns:Publish"], ["${AlarmTopic}"]),
        allow(
            "UseTheKeyOfAlarms",
            ["kms:Decrypt", "kms:GenerateDataKey"],
            ["${AlarmKey.Arn}"],
        ),
    ]


def _json(value: Any) -> str:
    # A template may not be large, and every blank counts.
    return json.dumps(value, separators=(",", ":"))
