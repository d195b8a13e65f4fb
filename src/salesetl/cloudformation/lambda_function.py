"""Build the Lambda function of a pipeline. It loads each file as soon as it is written to S3.

S3 → EventBridge → queue → function. A message that keeps failing goes to a dead-letter queue, and
an alarm goes off.
"""

from typing import Any

from salesetl.cloudformation.alarms import (
    ABOVE_ZERO,
    alarm,
    failed_invocations_alarm,
    log_group,
)
from salesetl.cloudformation.permissions import (
    LAKE,
    NO_VALUE,
    PROCESSED,
    RAW,
    SCRIPTS,
    allow,
    data_statements,
    document,
    key_statement,
    role,
    source_paths,
)
from salesetl.glue.definitions import Function, JobDefinition

# AWS recommends this, so that the queue does not send a message again while it is being processed.
_VISIBILITY_IN_TIMEOUTS = 6
_TRIES = 5
_KEPT_SECONDS = 14 * 24 * 3600


def function_resources(definition: JobDefinition, function: Function) -> dict[str, Any]:
    """Return the function with its role, queues, rule, log group and alarm."""
    resources = {
        "FunctionRole": _role(definition),
        "FunctionLog": log_group(f"{definition.name}/function"),
        "Function": _function(definition, function),
        "DeadLetterQueue": _queue(f"{definition.name}-failed", {}),
        "Queue": _queue(
            definition.name,
            {
                "VisibilityTimeout": _VISIBILITY_IN_TIMEOUTS * function.timeout_seconds,
                "RedrivePolicy": {
                    "deadLetterTargetArn": "${DeadLetterQueue.Arn}",
                    "maxReceiveCount": _TRIES,
                },
            },
        ),
        "QueuePolicy": _queue_policy("Queue"),
        # What EventBridge cannot deliver goes there too.
        "DeadLetterQueuePolicy": _queue_policy("DeadLetterQueue"),
        "NewFiles": _rule(definition),
        "NewFilesToFunction": _mapping(),
        "FailedFilesAlarm": _alarm(definition),
        "FailedInvocationsAlarm": failed_invocations_alarm(
            definition.name,
            "NewFiles",
            f"The queue of {definition.name} could not be reached. Check its policy; then load the"
            " new files with the job",
        ),
    }
    return {
        name: {"Condition": "HasFunction"} | each for name, each in resources.items()
    }


def _role(definition: JobDefinition) -> dict[str, Any]:
    receive = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
    statements = [
        *data_statements(definition),
        allow("Receive", [f"sqs:{each}" for each in receive], ["${Queue.Arn}"]),
        key_statement(),
    ]
    return role(f"function-{definition.name}", statements, "lambda")


def _function(definition: JobDefinition, function: Function) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": f"salesetl-${{Env}}-{definition.name}",
            "Description": f"Loads each new file of {definition.name}",
            "Role": "${FunctionRole.Arn}",
            "Runtime": "python3.11",
            "Handler": f"{definition.name}_lambda.handler",
            "Code": {"S3Bucket": SCRIPTS, "S3Key": "${FunctionPackage}"},
            "MemorySize": function.memory_megabytes,
            "Timeout": function.timeout_seconds,
            "EphemeralStorage": {"Size": function.storage_megabytes},
            "ReservedConcurrentExecutions": {
                "Fn::If": ["IsReserved", "${FunctionConcurrency}", NO_VALUE]
            },
            "LoggingConfig": {"LogGroup": "${FunctionLog}"},
            "Environment": {
                "Variables": {
                    "SALESETL_OUTPUT_PATH": f"s3://{PROCESSED}/{LAKE}",
                    "SALESETL_DATABASE": "${Database}",
                }
            },
        },
    }


def _queue(name: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {
        "Type": "AWS::SQS::Queue",
        "DeletionPolicy": "Delete",
        "UpdateReplacePolicy": "Delete",
        "Properties": {
            "QueueName": f"salesetl-${{Env}}-{name}",
            "MessageRetentionPeriod": _KEPT_SECONDS,
            "SqsManagedSseEnabled": True,
            **settings,
        },
    }


def _queue_policy(queue: str) -> dict[str, Any]:
    send = {
        "Sid": "Events",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": f"${{{queue}.Arn}}",
        "Condition": {"ArnEquals": {"aws:SourceArn": "${NewFiles.Arn}"}},
    }
    return {
        "Type": "AWS::SQS::QueuePolicy",
        "Properties": {
            "Queues": [f"${{{queue}}}"],
            "PolicyDocument": document(send),
        },
    }


def _rule(definition: JobDefinition) -> dict[str, Any]:
    folders = [{"prefix": f"{path}/"} for path in source_paths(definition)]
    return {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "Name": f"salesetl-${{Env}}-{definition.name}-new-files",
            "Description": f"New files of {definition.name}",
            "EventPattern": {
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {"bucket": {"name": [RAW]}, "object": {"key": folders}},
            },
            "Targets": [
                {
                    "Id": "queue",
                    "Arn": "${Queue.Arn}",
                    "DeadLetterConfig": {"Arn": "${DeadLetterQueue.Arn}"},
                }
            ],
        },
    }


def _mapping() -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::EventSourceMapping",
        "Properties": {
            "FunctionName": "${Function}",
            "EventSourceArn": "${Queue.Arn}",
            "BatchSize": 1,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            # 2 is the minimum. One of the two waits for the lease of the other. So
            # FunctionConcurrency is 2 at least: with 1 the second would be throttled, and each
            # throttle counts as a failed try.
            "ScalingConfig": {"MaximumConcurrency": 2},
        },
    }


def _alarm(definition: JobDefinition) -> dict[str, Any]:
    return alarm(
        f"{definition.name}-failed-files",
        {
            "AlarmDescription": f"A new file of {definition.name} failed {_TRIES} times, or its"
            f" event could not be delivered. The log /salesetl/${{Env}}/{definition.name}/function"
            " says why. Write the file again, or load it with the job",
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Dimensions": [
                {"Name": "QueueName", "Value": "${DeadLetterQueue.QueueName}"}
            ],
            "Statistic": "Maximum",
            **ABOVE_ZERO,
        },
    )
