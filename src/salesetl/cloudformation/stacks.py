"""Read, change and delete a stack of CloudFormation.

Stacks are changed only by change sets, so a deploy makes exactly the changes that it has shown.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from salesetl.aws import aws_errors, client
from salesetl.cloudformation.change_sets import ChangeSet, waiting_for
from salesetl.errors import StackError
from salesetl.glue.settings import APPLICATION
from salesetl.storage import join, storage_of

# In bytes. CloudFormation reads a larger template only from S3.
LARGEST_BODY = 51_200
_CHANGEABLE = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
)
_NEVER_CREATED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")


def stack_name(env: str, pipeline: str = "") -> str:
    """Return the name of the stack of an environment, or of a pipeline in it."""
    return "-".join(filter(None, (APPLICATION, env, pipeline)))


@dataclass(frozen=True)
class Template:
    """A template, and the folder on S3 to which it is uploaded if it is large."""

    text: str
    parameters: Sequence[str]
    folder: str | None = None

    def argument(self) -> dict[str, str]:
        """Return the template as an argument of a request; StackError if it cannot be sent."""
        content = self.text.encode()
        if len(content) <= LARGEST_BODY:
            return {"TemplateBody": self.text}
        if self.folder is None:
            raise StackError(
                f"a template of {len(content):,} bytes must go through the scripts bucket, which"
                " does not exist yet; run deploy, which creates the bucket first"
            )
        path = join(self.folder, f"{hashlib.sha256(content).hexdigest()}.yaml")
        storage_of(path).write(path, content)
        bucket, _, key = path.removeprefix("s3://").partition("/")
        region = client("s3").meta.region_name
        return {"TemplateURL": f"https://s3.{region}.amazonaws.com/{bucket}/{key}"}


class Stack:
    """A stack in the current account and region."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._client = client("cloudformation")

    @property
    def region(self) -> str:
        """The current region."""
        return str(self._client.meta.region_name)

    def is_there(self) -> bool:
        """Return whether the stack exists."""
        return self._described() is not None

    def parameters(self) -> dict[str, str]:
        """Return the values of the parameters."""
        found = (self._described() or {}).get("Parameters", [])
        return {each["ParameterKey"]: each["ParameterValue"] for each in found}

    def outputs(self) -> dict[str, str]:
        """Return the outputs, such as the names of buckets."""
        found = (self._described() or {}).get("Outputs", [])
        return {each["OutputKey"]: each["OutputValue"] for each in found}

    @contextmanager
    def change_set(
        self, template: Template | None, given: Mapping[str, str]
    ) -> Iterator[ChangeSet]:
        """Make a change set with a new template and new parameters. Discard it if not applied.

        Without `template`, the stack keeps its template. Parameters that are not given keep their
        values. StackError if the stack cannot be changed now.
        """
        with aws_errors(self.name):
            found = self._described()
            if found:
                self._check_changeable(found)
            change_set = ChangeSet(
                self._client,
                {
                    "StackName": self.name,
                    "Capabilities": ["CAPABILITY_NAMED_IAM"],
                    "Parameters": self._values(template, given),
                    **(
                        template.argument()
                        if template
                        else {"UsePreviousTemplate": True}
                    ),
                    "Tags": [
                        {"Key": "application", "Value": APPLICATION},
                        {"Key": "environment", "Value": self.name.split("-")[1]},
                    ],
                },
                is_new=found is None,
            )
            try:
                yield change_set
            finally:
                if not change_set.is_applied:
                    change_set.discard()

    def check_deletable(self) -> None:
        """Check that the stack is not being changed and not protected; StackError if it is."""
        with aws_errors(self.name):
            found = self._described() or {}
        if found:
            self._check_idle(found)
        if found.get("EnableTerminationProtection"):
            raise StackError(
                f"{self.name} has termination protection: switch it off to delete the stack"
            )

    def delete(self) -> None:
        """Delete the stack and wait for the end. Resources that the template retains stay."""
        with aws_errors(self.name):
            found = self._described()
            if found:
                stack = found["StackId"]
                with waiting_for("stack_delete_complete", self._client, stack):
                    self._client.delete_stack(StackName=stack)

    def _values(
        self, template: Template | None, given: Mapping[str, str]
    ) -> Sequence[dict[str, Any]]:
        current = self.parameters()
        names = template.parameters if template else list(current)
        return [
            (
                {"ParameterKey": name, "ParameterValue": given[name]}
                if name in given
                else {"ParameterKey": name, "UsePreviousValue": True}
            )
            for name in names
            if name in given or name in current
        ]

    def _described(self) -> dict[str, Any] | None:
        with aws_errors(self.name):
            try:
                stack: dict[str, Any]
                [stack] = self._client.describe_stacks(StackName=self.name)["Stacks"]
            except self._client.exceptions.ClientError as error:
                if "does not exist" in str(error):
                    return None
                raise
        # A stack in review is empty: it has only a change set.
        return None if stack["StackStatus"] == "REVIEW_IN_PROGRESS" else stack

    def _check_changeable(self, found: Mapping[str, Any]) -> None:
        status = found["StackStatus"]
        if status in _CHANGEABLE:
            return
        self._check_idle(found)
        if status in _NEVER_CREATED:
            env = self.name.split("-")[1]
            raise StackError(
                f"{self.name} is in {status}: it could not be created. Delete it (salesetl infra"
                f" delete --env {env} --yes), then deploy again"
            )
        raise StackError(
            f"{self.name} is in {status}: repair it in the console of CloudFormation"
        )

    def _check_idle(self, found: Mapping[str, Any]) -> None:
        status = found["StackStatus"]
        if status.endswith("IN_PROGRESS"):
            raise StackError(f"{self.name} is in {status}: wait until this is complete")
