"""Make a change set of CloudFormation, describe its changes, and apply or discard it."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from salesetl.aws import aws_errors, error_code
from salesetl.errors import AwsError, StackError

# If a resource of these types is replaced, its content is deleted or left behind.
_HOLDING = (
    "AWS::S3::Bucket",
    "AWS::Glue::Database",
    "AWS::Kinesis::Stream",
    "AWS::Logs::LogGroup",
)
_WORDS = {"Add": "add", "Modify": "modify", "Remove": "remove"}
_NOTHING = ("didn't contain changes", "No updates are to be performed")
_POLL_SECONDS = 2
# An hour. A change of these stacks takes a few minutes at most.
_POLLS = 1800


@dataclass(frozen=True)
class Change:
    """A change of one resource, with the names of the properties that change."""

    action: str
    logical_id: str
    kind: str
    properties: tuple[str, ...] = ()

    @property
    def loses_data(self) -> bool:
        """Whether the change removes or replaces a resource that holds data."""
        return (
            self.action in ("remove", "replace", "replace?") and self.kind in _HOLDING
        )

    def line(self) -> str:
        """Describe the change in one line."""
        why = f"  ({', '.join(self.properties)})" if self.properties else ""
        loud = "  *** LOSES DATA ***" if self.loses_data else ""
        return f"{self.action:8} {self.logical_id:22} {self.kind}{why}{loud}"


class ChangeSet:
    """A change set of a stack. It must be applied or discarded."""

    def __init__(
        self, client: Any, request: Mapping[str, Any], *, is_new: bool
    ) -> None:
        """Create and read it; StackError names the resource and the reason if it is rejected."""
        self._client, self.is_new, self.is_applied = client, is_new, False
        name = f"salesetl-{uuid.uuid4().hex}"
        kind = "CREATE" if is_new else "UPDATE"
        created = client.create_change_set(
            ChangeSetName=name, ChangeSetType=kind, **request
        )
        self._stack = created["StackId"]
        # Requests name the stack, because IAM policies do. The ARN of a change set does not.
        self._at = {"StackName": request["StackName"], "ChangeSetName": name}
        try:
            self.changes = self._read()
        except BaseException:
            self.discard()
            raise

    def apply(self) -> None:
        """Make the changes and wait for the end; StackError names the resource that failed."""
        waiter = "stack_create_complete" if self.is_new else "stack_update_complete"
        with waiting_for(waiter, self._client, self._stack):
            self._client.execute_change_set(**self._at)
            self.is_applied = True

    def discard(self) -> None:
        """Delete it, and the empty stack that was created for it."""
        self._client.delete_change_set(**self._at)
        if self.is_new:
            self._delete_empty_stack()

    def _delete_empty_stack(self) -> None:
        [stack] = self._client.describe_stacks(StackName=self._stack)["Stacks"]
        if stack["StackStatus"] != "REVIEW_IN_PROGRESS":
            # Another change set has created the stack in the meantime.
            return
        try:
            self._client.delete_stack(StackName=self._stack)
        except self._client.exceptions.ClientError as error:
            # Who may only plan may not delete. The next deploy uses the empty stack.
            if error_code(error) != "AccessDenied":
                raise

    def _read(self) -> list[Change]:
        failed = _wait(self._client, "change_set_create_complete", **self._at)
        if failed:
            return self._rejected(failed)
        pages = self._client.get_paginator("describe_change_set").paginate(**self._at)
        described = [each for page in pages for each in page["Changes"]]
        return [_change(each["ResourceChange"]) for each in described]

    def _rejected(self, answer: Mapping[str, Any]) -> list[Change]:
        reason = " ".join(answer.get("StatusReason", "").split())
        if any(text in reason for text in _NOTHING):
            return []
        found = _rejections(self._client, **self._at) or [reason]
        raise StackError(f"{self._at['StackName']}: {found[0]}")


@contextmanager
def waiting_for(waiter: str, client: Any, stack: str) -> Iterator[None]:
    """Wait until the operation is complete that the block starts on a stack.

    StackError names the first resource that failed, and the reason. `stack` is the id of the stack,
    because a deleted stack cannot be found by its name.
    """
    before = len(_events(client, stack))
    yield
    if not _wait(client, waiter, StackName=stack):
        return
    [found] = client.describe_stacks(StackName=stack)["Stacks"]
    reasons = _failures(_events(client, stack)[before:], stack)
    reasons = reasons or _rejections(client, StackName=stack)
    reason = reasons[0] if reasons else found.get("StackStatusReason", "")
    raise StackError(f"{found['StackName']} is in {found['StackStatus']}: {reason}")


def _wait(client: Any, waiter: str, **of: str) -> Mapping[str, Any] | None:
    """Wait for a success; return None, or the last answer if it is a failure."""
    patience = {"Delay": _POLL_SECONDS, "MaxAttempts": _POLLS}
    try:
        client.get_waiter(waiter).wait(**of, WaiterConfig=patience)
    except Exception as error:
        answer: Mapping[str, Any] | None = getattr(error, "last_response", None)
        if answer is None:
            raise
        return answer
    return None


def _events(client: Any, stack: str) -> list[dict[str, Any]]:
    """Return the events of a stack, oldest first."""
    pages = client.get_paginator("describe_stack_events").paginate(StackName=stack)
    return [event for page in pages for event in page["StackEvents"]][::-1]


def _failures(events: Sequence[Mapping[str, Any]], stack: str) -> list[str]:
    """Return a line for each resource that failed by itself."""
    found = []
    for event in events:
        reason = " ".join(event.get("ResourceStatusReason", "").split())
        is_own = event.get("PhysicalResourceId") == stack
        # CloudFormation cancels the other resources when one has failed.
        is_failed = event["ResourceStatus"].endswith("_FAILED")
        if is_failed and not is_own and "cancelled" not in reason:
            found.append(_line(event, reason))
    return found


def _rejections(client: Any, **of: str) -> list[str]:
    """Return the errors that CloudFormation found before it started to make changes.

    The list is empty if the credentials may not read events.
    """
    try:
        with aws_errors("DescribeEvents"):
            found = client.describe_events(**of)["OperationEvents"]
    except AwsError:
        return []
    return [
        _line(each, each["ValidationStatusReason"])
        for each in found
        if each.get("ValidationStatus") == "FAILED"
    ]


def _line(event: Mapping[str, Any], reason: str) -> str:
    return f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"


def _change(change: dict[str, Any]) -> Change:
    # "Conditional" is decided only when the change is made, so treat it as a replacement.
    replaced = {"True": "replace", "Conditional": "replace?"}
    targets = [detail.get("Target", {}) for detail in change.get("Details", [])]
    names = {target.get("Name") or target.get("Attribute", "") for target in targets}
    action = _WORDS.get(change["Action"], change["Action"].lower())
    return Change(
        replaced.get(change.get("Replacement", ""), action),
        change["LogicalResourceId"],
        change["ResourceType"],
        tuple(sorted(name for name in names if name)),
    )
