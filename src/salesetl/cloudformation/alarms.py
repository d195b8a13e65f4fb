"""The logs of a job, the metrics taken from them, and the alarms that tell of those."""

from typing import Any

from salesetl.cloudformation.permissions import arn
from salesetl.glue.definitions import JobDefinition

TOPIC = arn("sns", "salesetl-${Env}-alarms")

_HOUR = 3600
_NAMESPACE = "salesetl/${Env}"
_REPORT = '$.event = "run_report"'


def alarm_resources(definition: JobDefinition) -> dict[str, Any]:
    """Return log groups, metric filters and alarms of a job."""
    log = {"Ref": "OutputLog"}
    return {
        "OutputLog": log_group(f"{definition.name}/output"),
        "ErrorLog": log_group(f"{definition.name}/error"),
        "RatioMetric": _metric(
            log, f"{{ {_REPORT} }}", "RejectedRatio", "$.rejected_ratio"
        ),
        "SuccessMetric": _metric(
            log, f'{{ ({_REPORT}) && ($.status = "succeeded") }}', "SucceededRuns", "1"
        ),
        "RejectedAlarm": _rejected_alarm(definition),
        "StaleAlarm": _stale_alarm(definition),
    }


def log_group(name: str) -> dict[str, Any]:
    """Return a log group, which goes with the stack."""
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "LogGroupName": f"/salesetl/${{Env}}/{name}",
            "RetentionInDays": {"Ref": "LogRetentionDays"},
        },
    }


def alarm(name: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Return an alarm that tells the topic of the environment."""
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": f"salesetl-${{Env}}-{name}",
            **settings,
            "AlarmActions": [TOPIC],
        },
    }


def _metric(log: Any, pattern: str, metric: str, value: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Logs::MetricFilter",
        "Properties": {
            "LogGroupName": log,
            "FilterPattern": pattern,
            "MetricTransformations": [
                {
                    "MetricNamespace": _NAMESPACE,
                    "MetricName": metric,
                    "MetricValue": value,
                    "Dimensions": [{"Key": "job", "Value": "$.job"}],
                }
            ],
        },
    }


def _rejected_alarm(definition: JobDefinition) -> dict[str, Any]:
    ratio = definition.alarms.rejected_ratio
    return _alarm(
        definition,
        "rejected",
        {
            "AlarmDescription": f"A run of {definition.name} rejected more than {ratio:.2%} of its"
            " rows; see them by: salesetl quarantine list",
            "MetricName": "RejectedRatio",
            "Statistic": "Maximum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": ratio,
            "TreatMissingData": "notBreaching",
        },
    )


def _stale_alarm(definition: JobDefinition) -> dict[str, Any]:
    hours = definition.alarms.fresh_within_hours
    # Where nothing is scheduled nothing is late, and there is no alarm: one that was only silenced
    # would be in ALARM by the time it may speak, and it speaks only when its state changes.
    return {"Condition": "AreSchedulesOn"} | _alarm(
        definition,
        "stale",
        {
            "AlarmDescription": f"No run of {definition.name} has succeeded for {hours} hours",
            "MetricName": "SucceededRuns",
            "Statistic": "Sum",
            "Period": _HOUR,
            "EvaluationPeriods": hours,
            "DatapointsToAlarm": hours,
            "ComparisonOperator": "LessThanThreshold",
            "Threshold": 1,
            "TreatMissingData": "breaching",
            "OKActions": [TOPIC],
        },
    )


def _alarm(
    definition: JobDefinition, what: str, settings: dict[str, Any]
) -> dict[str, Any]:
    of_job = {
        "Namespace": _NAMESPACE,
        "Dimensions": [{"Name": "job", "Value": definition.name}],
    }
    return alarm(f"{definition.name}-{what}", of_job | settings)
