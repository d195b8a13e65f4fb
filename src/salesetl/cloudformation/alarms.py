"""Build the logs of a job, the metrics from these logs, and the alarms on these metrics."""

from typing import Any

from salesetl.cloudformation.permissions import NO_VALUE, arn
from salesetl.glue.definitions import JobDefinition

TOPIC = arn("sns", "salesetl-${Env}-alarms")

# Of alarms that go off at the first of what they count.
ABOVE_ZERO = {
    "Period": 300,
    "EvaluationPeriods": 1,
    "ComparisonOperator": "GreaterThanThreshold",
    "Threshold": 0,
    "TreatMissingData": "notBreaching",
}
_HOUR = 3600
_NAMESPACE = "salesetl/${Env}"
_REPORT = '$.event = "run_report"'


def alarm_resources(definition: JobDefinition) -> dict[str, Any]:
    """Return the log groups, metric filters and alarms of a job."""
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
    """Return a log group. It is deleted with the stack."""
    return {
        "Type": "AWS::Logs::LogGroup",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "LogGroupName": f"/salesetl/${{Env}}/{name}",
            "RetentionInDays": {"Ref": "LogRetentionDays"},
            "KmsKeyId": {"Fn::If": ["HasKey", "${KmsKeyArn}", NO_VALUE]},
        },
    }


def alarm(name: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Return an alarm that publishes to the topic of the environment."""
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmName": f"salesetl-${{Env}}-{name}",
            **settings,
            "AlarmActions": [TOPIC],
        },
    }


def failed_invocations_alarm(name: str, rule: str, remedy: str) -> dict[str, Any]:
    """Return an alarm on events that a rule could not deliver; `rule` is its logical name."""
    return alarm(
        f"{name}-failed-invocations",
        {
            "AlarmDescription": remedy,
            "Namespace": "AWS/Events",
            "MetricName": "FailedInvocations",
            "Dimensions": [{"Name": "RuleName", "Value": f"${{{rule}}}"}],
            "Statistic": "Sum",
            **ABOVE_ZERO,
        },
    )


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
    return _job_alarm(
        definition,
        "rejected",
        {
            "AlarmDescription": f"A run of {definition.name} rejected more than {ratio:.2%} of its"
            " rows; to see them: salesetl quarantine list",
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
    # Without a schedule no run can be late, so there is no alarm. Disabling its actions would not
    # do: the alarm would be in ALARM already when the schedule is switched on, and CloudWatch
    # notifies only when the state changes.
    return {"Condition": "AreSchedulesOn"} | _job_alarm(
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


def _job_alarm(
    definition: JobDefinition, what: str, settings: dict[str, Any]
) -> dict[str, Any]:
    of_job = {
        "Namespace": _NAMESPACE,
        "Dimensions": [{"Name": "job", "Value": definition.name}],
    }
    return alarm(f"{definition.name}-{what}", of_job | settings)
