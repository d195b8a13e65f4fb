"""Following what CloudFormation does to a stack, by its events."""

import time
from collections.abc import Callable
from typing import Any

from salesetl.aws import aws_errors
from salesetl.errors import AwsError, StackError

Tell = Callable[[str], None]
_GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE")


class Events:
    """The events of a stack from now on."""

    def __init__(self, client: Any, stack: str) -> None:
        self._client = client
        self._seen = {event["EventId"] for event in self._all(stack)}

    def follow(self, stack: str, tell: Tell, pause: float) -> None:
        """Tell each event of a resource until the stack is settled; StackError if one failed.

        `stack` is an id, by which also a stack that is gone can be asked about.
        """
        failures: list[str] = []
        while True:
            for event in self._new(stack):
                if event.get("PhysicalResourceId") != stack:
                    tell(_line(event))
                    failures += _failure(event)
                elif _is_last(event["ResourceStatus"]):
                    return self._end(event, failures)
            time.sleep(pause)

    def _end(self, event: dict[str, Any], failures: list[str]) -> None:
        if event["ResourceStatus"] in _GOOD:
            return
        reasons = failures or rejections(self._client, StackName=event["StackId"])
        reason = reasons[0] if reasons else event.get("ResourceStatusReason", "")
        raise StackError(
            f"{event['StackName']} is in {event['ResourceStatus']}: {reason}"
        )

    def _new(self, stack: str) -> list[dict[str, Any]]:
        found = [
            event for event in self._all(stack) if event["EventId"] not in self._seen
        ]
        self._seen |= {event["EventId"] for event in found}
        return found

    def _all(self, stack: str) -> list[dict[str, Any]]:
        """Return all events, oldest first."""
        pages = self._client.get_paginator("describe_stack_events").paginate(
            StackName=stack
        )
        events = [event for page in pages for event in page["StackEvents"]]
        return events[::-1]


def rejections(client: Any, **of: str) -> list[str]:
    """Return what was found wrong with a stack or change set before anything was begun.

    None if that cannot be asked: who asks has another reason to tell, if a less exact one.
    """
    try:
        with aws_errors("DescribeEvents"):
            found = client.describe_events(**of)["OperationEvents"]
    except AwsError:
        return []
    return [
        f"{each['LogicalResourceId']} ({each['ResourceType']}):"
        f" {each['ValidationStatusReason']}"
        for each in found
        if each.get("ValidationStatus") == "FAILED"
    ]


def _is_last(status: str) -> bool:
    # What cannot be made or changed is rolled back, and that has an end of its own.
    rolls_back = status in ("CREATE_FAILED", "UPDATE_FAILED")
    return not status.endswith("IN_PROGRESS") and not rolls_back


def _line(event: dict[str, Any]) -> str:
    return (
        f"{event['ResourceStatus']:20} {event['LogicalResourceId']:26}"
        f" {event['ResourceType']}"
    )


def _failure(event: dict[str, Any]) -> list[str]:
    reason = " ".join(event.get("ResourceStatusReason", "").split())
    # Those were only stopped because another had failed.
    if not event["ResourceStatus"].endswith("_FAILED") or "cancelled" in reason:
        return []
    return [f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"]
