"""The stack of an environment: what would change, changing it, and taking it down.

It is changed by change sets only, so what is shown is what is done. Changing it never changes
which release a job runs: a release is deployed to the jobs, past the stack. `StackRequest.release`
is what the jobs of a new stack begin with; of one that is there, the stack is told what its jobs
run, and that before anything else, so that a change which fails and is rolled back leaves it to
them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from salesetl.aws import aws_errors, client
from salesetl.cloudformation.changes import Change, ChangeSet
from salesetl.cloudformation.following import Events, Tell
from salesetl.cloudformation.jobs import JOB, running_releases
from salesetl.cloudformation.stack_requests import (
    StackRequest,
    parameters_of,
    release_only,
    release_to_take_over,
)
from salesetl.cloudformation.states import check_changeable, check_deletable
from salesetl.errors import ArgumentError, StackError
from salesetl.glue.settings import APPLICATION


@dataclass(frozen=True)
class Plan:
    """What would change, and why a deploy would refuse to do it, if it would."""

    changes: Sequence[Change]
    refusals: Sequence[str]


class Stack:
    """The stack `salesetl-<env>` in the account and region of the credentials."""

    def __init__(self, env: str, pause: float = 3.0) -> None:
        if not re.fullmatch("[a-z][a-z0-9]{0,9}", env):
            raise ArgumentError(
                f"--env {env!r}: a letter, then at most nine letters or digits, all lower case"
            )
        self.env = env
        self.name = f"{APPLICATION}-{env}"
        self._pause = pause
        self._client = client("cloudformation")

    @property
    def region(self) -> str:
        """The region that it is in, or would be."""
        return str(self._client.meta.region_name)

    def plan(self, request: StackRequest) -> Plan:
        """Return what would change, and change nothing."""
        with aws_errors(self.name):
            stack = self._described()
            change_set = self._change_set(request, stack)
            change_set.discard()
            return Plan(change_set.changes, self._refusals(change_set, stack))

    def deploy(
        self, request: StackRequest, tell: Tell, *, may_lose_data: bool = False
    ) -> bool:
        """Make or change the stack, telling each change and event; whether anything was to do.

        StackError if data would be lost and may not, if jobs would change what they run, or if a
        resource fails, which is named with its reason.
        """
        with aws_errors(self.name):
            stack = self._described()
            change_set = self._change_set(request, stack)
            for change in change_set.changes:
                tell(change.line())
            refusals = self._refusals(change_set, stack, may_lose_data=may_lose_data)
            if refusals or not change_set.changes:
                change_set.discard()
                if refusals:
                    raise StackError(f"{self.name}: {refusals[0]}")
                return False
            if stack and (release := release_to_take_over(self._client, stack)):
                change_set.discard()
                self._take_over(stack, release, tell)
                change_set = self._change_set(request, self._there())
            self._carry_out(change_set, tell)
            return True

    def outputs(self) -> dict[str, str]:
        """Return what the stack tells others, such as the names of its buckets."""
        with aws_errors(self.name):
            found = (self._described() or {}).get("Outputs", [])
        return {each["OutputKey"]: each["OutputValue"] for each in found}

    def check_deletable(self) -> None:
        """See that the stack can be taken down.

        StackError if it is not there, is being changed, is protected, or runs a job.
        """
        with aws_errors(self.name):
            check_deletable(self._client, self._there())

    def delete(self, tell: Tell) -> None:
        """Take the stack down, telling each event; what its template retains stays."""
        with aws_errors(self.name):
            stack = self._there()
            events = Events(self._client, self.name)
            self._client.delete_stack(StackName=stack["StackId"])
            events.follow(stack["StackId"], tell, self._pause)

    def _described(self) -> dict[str, Any] | None:
        try:
            stack: dict[str, Any]
            [stack] = self._client.describe_stacks(StackName=self.name)["Stacks"]
        except self._client.exceptions.ClientError as error:
            if "does not exist" in str(error):
                return None
            raise
        # Then it is no more than a name that a change set was made for.
        return None if stack["StackStatus"] == "REVIEW_IN_PROGRESS" else stack

    def _there(self) -> dict[str, Any]:
        stack = self._described()
        if not stack:
            raise StackError(f"there is no stack {self.name}")
        return stack

    def _change_set(
        self, request: StackRequest, stack: dict[str, Any] | None
    ) -> ChangeSet:
        if stack:
            check_changeable(stack, self.env)
        asked = {
            "TemplateBody": request.template,
            "Parameters": parameters_of(self._client, request, self.env, stack),
            "Tags": [
                {"Key": "application", "Value": APPLICATION},
                {"Key": "environment", "Value": self.env},
            ],
        }
        return self._asked(asked, is_new=not stack)

    def _asked(self, asked: dict[str, Any], *, is_new: bool) -> ChangeSet:
        whole = {
            "StackName": self.name,
            "Capabilities": ["CAPABILITY_NAMED_IAM"],
            **asked,
        }
        return ChangeSet(self._client, whole, self._pause, is_new=is_new)

    def _take_over(self, stack: dict[str, Any], release: str, tell: Tell) -> None:
        # A change that fails is rolled back to what the stack knew before it: were that still an
        # older release, the jobs would run it again.
        asked = release_only(stack, release)
        self._carry_out(self._asked(asked, is_new=False), tell)

    def _carry_out(self, change_set: ChangeSet, tell: Tell) -> None:
        if not change_set.changes:
            change_set.discard()
            return
        events = Events(self._client, self.name)
        events.follow(change_set.begin(), tell, self._pause)

    def _refusals(
        self,
        change_set: ChangeSet,
        stack: dict[str, Any] | None,
        *,
        may_lose_data: bool = False,
    ) -> list[str]:
        changes = change_set.changes
        losing = [change.logical_id for change in changes if change.loses_data]
        refusals = []
        if losing and not may_lose_data:
            refusals.append(
                f"{', '.join(losing)} would be replaced or removed, with what is in there;"
                " if that is meant, say --may-lose-data"
            )
        if stack and any(each.kind == JOB and each.action != "add" for each in changes):
            running = running_releases(self._client, self.name)
            if len(running) > 1:
                refusals.append(
                    f"its jobs run {' and '.join(sorted(running))}, and would all be changed to"
                    " the stack's: deploy one release to all jobs first"
                )
        return refusals
