"""What a change set of CloudFormation would do, told a line for each resource."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from salesetl.cloudformation.following import rejections
from salesetl.errors import StackError

# What these hold is gone, or left behind, if another takes their place.
_HOLDING = ("AWS::S3::Bucket", "AWS::Glue::Database", "AWS::Logs::LogGroup")
_WORDS = {"Add": "add", "Modify": "modify", "Remove": "remove"}
_NOTHING = ("didn't contain changes", "No updates are to be performed")


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
        """Tell the change in one line."""
        why = f"  ({', '.join(self.properties)})" if self.properties else ""
        loud = "  *** LOSES DATA ***" if self.loses_data else ""
        return f"{self.action:8} {self.logical_id:26} {self.kind}{why}{loud}"


class ChangeSet:
    """A change set, made at once and read in full; to be carried out or discarded."""

    def __init__(
        self, client: Any, request: Mapping[str, Any], pause: float, *, is_new: bool
    ) -> None:
        self._client, self._is_new = client, is_new
        name = f"salesetl-{uuid.uuid4().hex}"
        kind = "CREATE" if is_new else "UPDATE"
        created = client.create_change_set(
            ChangeSetName=name, ChangeSetType=kind, **request
        )
        self._stack = created["StackId"]
        # Roles may do this to stacks of a name, which an id of a change set does not tell.
        self._at = {"StackName": request["StackName"], "ChangeSetName": name}
        try:
            self.changes = self._read(pause)
        except BaseException:
            self.discard()
            raise

    def begin(self) -> str:
        """Begin to do what it says; the id of the stack."""
        self._client.execute_change_set(**self._at)
        return str(self._stack)

    def discard(self) -> None:
        """Delete it, and with it the empty stack that it was made for."""
        self._client.delete_change_set(**self._at)
        if self._is_new:
            self._client.delete_stack(StackName=self._stack)

    def _read(self, pause: float) -> list[Change]:
        while True:
            found = self._client.describe_change_set(**self._at)
            if found["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
                break
            time.sleep(pause)
        if found["Status"] == "FAILED":
            reason = " ".join(found.get("StatusReason", "").split())
            if any(text in reason for text in _NOTHING):
                return []
            told = rejections(self._client, **self._at) or [reason]
            raise StackError(f"{found['StackName']}: {told[0]}")
        described = list(found["Changes"])
        while token := found.get("NextToken"):
            found = self._client.describe_change_set(**self._at, NextToken=token)
            described += found["Changes"]
        return [_change(each["ResourceChange"]) for each in described]


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
