"""The logs of a job, the metrics taken from them, and the alarms that tell of those."""

from typing import Any

from salesetl.glue.definitions import JobDefinition

_HOUR = 3600
_NAMESPACE = "salesetl/${Env}"
_REPORT = '$.event = "run_report"'


def alarm_resources(definition: JobDefinition, name: str) -> dict[str, Any]:
    """Return log groups, metric filters and alarms of a job, whose resources begin with `name`."""
    job = definition.name
    log = {"Ref": f"{name}OutputLog"}
    return {
        f"{name}OutputLog": _log_group(job, "output"),
        f"{name}ErrorLog": _log_group(job, "error"),
        f"{name}RatioMetric": _metric(
            log, f"{{ {_REPORT} }}", "RejectedRatio", "$.rejected_ratio"
        ),
        f"{name}SuccessMetric": _metric(
            log, f'{{ ({_REPORT}) && ($.status = "succeeded") }}', "SucceededRuns", "1"
        ),
        f"{name}RejectedAlarm": _rejected_alarm(definition),
        f"{name}StaleAlarm": _stale_alarm(definition),
    }


def _log_group(job: str, stream: str) -> dict[str, Any]:
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "LogGroupName": f"/salesetl/${{Env}}/{job}/{stream}",
            "RetentionInDays": {"Ref": "LogRetentionDays"},
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
            "OKActions": [{"Ref": "AlarmTopic"}],
        },
    )


def _alarm(
    definition: JobDefinition, what: str, settings: dict[str, Any]
) -> dict[str, Any]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": f"salesetl-${{Env}}-{definition.name}-{what}",
            "Namespace": _NAMESPACE,
            "Dimensions": [{"Name": "job", "Value": definition.name}],
            **settings,
            "AlarmActions": [{"Ref": "AlarmTopic"}],
        },
    }
