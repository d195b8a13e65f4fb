"""What a change set of CloudFormation would do, a line for each resource, and doing it."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from salesetl.aws import aws_errors
from salesetl.errors import AwsError, StackError

# What these hold is gone, or left behind, if another takes their place.
_HOLDING = ("AWS::S3::Bucket", "AWS::Glue::Database", "AWS::Logs::LogGroup")
_WORDS = {"Add": "add", "Modify": "modify", "Remove": "remove"}
_NOTHING = ("didn't contain changes", "No updates are to be performed")
_SECONDS_BETWEEN_LOOKS = 2
# An hour; the longest that anything of a stack here takes is some minutes.
_LOOKS = 1800


@dataclass(frozen=True)
class Change:
    """What would be done to a resource, and which of its properties are concerned."""

    action: str
    logical_id: str
    kind: str
    properties: tuple[str, ...] = ()

    @property
    def loses_data(self) -> bool:
        """Whether a resource that holds data would be removed or replaced."""
        return (
            self.action in ("remove", "replace", "replace?") and self.kind in _HOLDING
        )

    def line(self) -> str:
        """Describe the change in one line."""
        why = f"  ({', '.join(self.properties)})" if self.properties else ""
        loud = "  *** LOSES DATA ***" if self.loses_data else ""
        return f"{self.action:8} {self.logical_id:22} {self.kind}{why}{loud}"


class ChangeSet:
    """A change set, made at once and read in full; to be applied or discarded."""

    def __init__(
        self, client: Any, request: Mapping[str, Any], *, is_new: bool
    ) -> None:
        """Make it; StackError with the resource and the reason if CloudFormation refuses it."""
        self._client, self.is_new, self.is_applied = client, is_new, False
        name = f"salesetl-{uuid.uuid4().hex}"
        kind = "CREATE" if is_new else "UPDATE"
        created = client.create_change_set(
            ChangeSetName=name, ChangeSetType=kind, **request
        )
        self._stack = created["StackId"]
        # Roles may do this to stacks of a name, which an id of a change set does not tell.
        self._at = {"StackName": request["StackName"], "ChangeSetName": name}
        try:
            self.changes = self._read()
        except BaseException:
            self.discard()
            raise

    def apply(self) -> None:
        """Do what it says, and wait for the end; StackError names the resource that failed."""
        what = "stack_create_complete" if self.is_new else "stack_update_complete"
        with finished(self._client, what, self._stack):
            self._client.execute_change_set(**self._at)
            self.is_applied = True

    def discard(self) -> None:
        """Delete it, and with it the empty stack that it was made for."""
        self._client.delete_change_set(**self._at)
        if self.is_new:
            self._client.delete_stack(StackName=self._stack)

    def _read(self) -> list[Change]:
        failed = _failed(self._client, "change_set_create_complete", **self._at)
        if failed:
            return self._refused(failed)
        pages = self._client.get_paginator("describe_change_set").paginate(**self._at)
        described = [each for page in pages for each in page["Changes"]]
        return [_change(each["ResourceChange"]) for each in described]

    def _refused(self, answer: Mapping[str, Any]) -> list[Change]:
        reason = " ".join(answer.get("StatusReason", "").split())
        if any(text in reason for text in _NOTHING):
            return []
        found = _rejections(self._client, **self._at) or [reason]
        raise StackError(f"{self._at['StackName']}: {found[0]}")


@contextmanager
def finished(client: Any, what: str, stack: str) -> Iterator[None]:
    """Wait, by a waiter of stacks, for what the block begins to be done.

    StackError with the first resource that failed, and why. `stack` is an id, by which also a stack
    that is gone can be asked about.
    """
    before = len(_events(client, stack))
    yield
    if not _failed(client, what, StackName=stack):
        return
    [found] = client.describe_stacks(StackName=stack)["Stacks"]
    reasons = _failures(_events(client, stack)[before:], stack)
    reasons = reasons or _rejections(client, StackName=stack)
    reason = reasons[0] if reasons else found.get("StackStatusReason", "")
    raise StackError(f"{found['StackName']} is in {found['StackStatus']}: {reason}")


def _failed(client: Any, what: str, **of: str) -> Mapping[str, Any] | None:
    """Wait; return None if it went well, or the answer that says that it did not."""
    patience = {"Delay": _SECONDS_BETWEEN_LOOKS, "MaxAttempts": _LOOKS}
    try:
        client.get_waiter(what).wait(**of, WaiterConfig=patience)
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
    found = []
    for event in events:
        reason = " ".join(event.get("ResourceStatusReason", "").split())
        is_own = event.get("PhysicalResourceId") == stack
        # Those were only stopped because another had failed.
        is_failed = event["ResourceStatus"].endswith("_FAILED")
        if is_failed and not is_own and "cancelled" not in reason:
            found.append(_line(event, reason))
    return found


def _rejections(client: Any, **of: str) -> list[str]:
    """Return what CloudFormation found wrong before it began anything.

    None if that may not be asked: then there is another reason to give, if a less exact one.
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
    # One that is "Conditional" is decided when it is carried out: count on it.
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
