"""Build the chain: a state machine that starts the jobs one after the other and waits for each.

Glue itself starts a failed job again. The chain waits until no attempt is left. If the last one
has failed too, the chain says so to the topic of alarms, goes on with the next job, for the
pipelines do not depend on each other, and ends as failed.
"""

import json
from collections.abc import Sequence
from typing import Any

from salesetl.cloudformation.alarms import TOPIC
from salesetl.cloudformation.permissions import allow, arn, role
from salesetl.glue.definitions import JobDefinition

_HOUR = 3600
# Glue starts another attempt within this time.
_PAUSE_SECONDS = 120
_UNDER_WAY = ("STARTING", "RUNNING", "STOPPING", "WAITING")
_ANY_ERROR = {"ErrorEquals": ["States.ALL"]}
# A run that waits for capacity or for its turn has not failed.
_BUSY = {
    "ErrorEquals": [
        "Glue.ConcurrentRunsExceededException",
        "Glue.ResourceNumberLimitExceededException",
    ],
    "IntervalSeconds": 120,
    "BackoffRate": 2,
    "MaxAttempts": 4,
}


def chain_resources(definitions: Sequence[JobDefinition]) -> dict[str, Any]:
    """Return the state machine with its role, and the rule that starts it if that is asked for."""
    jobs = [each.name for each in definitions]
    start = [allow("Start", ["states:StartExecution"], ["${Chain}"])]
    return {
        "ChainRole": role("chain", _statements(jobs), "states"),
        "Chain": {
            "Type": "AWS::StepFunctions::StateMachine",
            "Properties": {
                "StateMachineName": "salesetl-${Env}-chain",
                "StateMachineType": "STANDARD",
                "RoleArn": "${ChainRole.Arn}",
                # A template may not be large, and every blank counts.
                "DefinitionString": json.dumps(
                    chain(definitions), separators=(",", ":")
                ),
            },
        },
        "ChainStartRole": {"Condition": "IsChainScheduled"}
        | role("chain-start", start, "events"),
        "ChainStart": {"Condition": "IsChainScheduled"} | _rule(),
    }


def chain(definitions: Sequence[JobDefinition]) -> dict[str, Any]:
    """Return the states: one job after the other, then whether any has failed."""
    failed = {
        "Variable": "$.has_failed",
        "BooleanEquals": True,
        "Next": "Failed",
    }
    return {
        "StartAt": "Jobs",
        "States": {
            "Jobs": {
                "Type": "Pass",
                "Result": [_item(each) for each in definitions],
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
            "Check": {"Type": "Choice", "Choices": [failed], "Default": "Succeeded"},
            "Failed": {
                "Type": "Fail",
                "Error": "JobsFailed",
                "Cause": "the topic of alarms has the jobs and the reasons",
            },
            "Succeeded": {"Type": "Succeed"},
        },
    }


def _item(definition: JobDefinition) -> dict[str, Any]:
    # Glue stops an attempt at its limit; an hour is for waiting.
    return {
        "job": f"salesetl-${{Env}}-{definition.name}",
        "seconds": definition.timeout_minutes * 60 + _HOUR,
    }


def _states_of_a_job() -> dict[str, Any]:
    return {
        "Run": {
            "Type": "Task",
            "Resource": "arn:${AWS::Partition}:states:::glue:startJobRun.sync",
            "Parameters": {"JobName.$": "$.job"},
            "TimeoutSecondsPath": "$.seconds",
            "Retry": [_BUSY],
            # It waits for the first attempt only.
            "Catch": [{**_ANY_ERROR, "ResultPath": "$.error", "Next": "Pause"}],
            "ResultPath": None,
            "Next": "Ran",
        },
        **_following_attempts(),
        "Tell": {
            "Type": "Task",
            "Resource": "arn:${AWS::Partition}:states:::sns:publish",
            "Parameters": {
                "TopicArn": TOPIC,
                "Subject.$": "States.Format('{} failed in the chain', $.job)",
                "Message.$": "States.JsonToString($.error)",
            },
            # A failed notification must not stop the other jobs.
            "Catch": [{**_ANY_ERROR, "ResultPath": None, "Next": "Note"}],
            "ResultPath": None,
            "Next": "Note",
        },
        "Note": {"Type": "Pass", "Result": "failed", "End": True},
        "Ran": {"Type": "Pass", "Result": "succeeded", "End": True},
    }


def _following_attempts() -> dict[str, Any]:
    """Return the states that wait for the attempts of Glue, and see how the last one ended."""
    # The newest comes first: https://docs.aws.amazon.com/glue/latest/webapi/API_GetJobRuns.html
    state = "$.last.JobRuns[0].JobRunState"
    under_way = [{"Variable": state, "StringEquals": each} for each in _UNDER_WAY]
    return {
        "Pause": {"Type": "Wait", "Seconds": _PAUSE_SECONDS, "Next": "Look at last"},
        "Look at last": {
            "Type": "Task",
            "Resource": "arn:${AWS::Partition}:states:::aws-sdk:glue:getJobRuns",
            "Parameters": {"JobName.$": "$.job", "MaxResults": 1},
            "Catch": [{**_ANY_ERROR, "ResultPath": None, "Next": "Tell"}],
            "ResultPath": "$.last",
            "Next": "Has it ended",
        },
        "Has it ended": {
            "Type": "Choice",
            "Choices": [
                {
                    "Not": {"Variable": state, "IsPresent": True},
                    "Next": "Tell",
                },
                {"Or": under_way, "Next": "Pause"},
                {"Variable": state, "StringEquals": "SUCCEEDED", "Next": "Ran"},
            ],
            "Default": "Tell",
        },
    }


def _rule() -> dict[str, Any]:
    target = {
        "Id": "chain",
        "Arn": "${Chain}",
        "RoleArn": "${ChainStartRole.Arn}",
        "DeadLetterConfig": {"Arn": "${UndeliveredEvents.Arn}"},
    }
    return {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "Name": "salesetl-${Env}-chain-start",
            "Description": "Starts the chain of all jobs",
            "ScheduleExpression": "${ChainSchedule}",
            "Targets": [target],
        },
    }


def _statements(jobs: Sequence[str]) -> list[dict[str, Any]]:
    run = ("StartJobRun", "GetJobRun", "GetJobRuns", "BatchStopJobRun")
    names = [arn("glue", f"job/salesetl-${{Env}}-{job}") for job in jobs]
    use = ["kms:Decrypt", "kms:GenerateDataKey"]
    return [
        allow("RunJobs", [f"glue:{each}" for each in run], names),
        allow("Tell", ["sns:Publish"], ["${AlarmTopic}"]),
        allow("UseTheKeyOfAlarms", use, ["${AlarmKey.Arn}"]),
    ]
