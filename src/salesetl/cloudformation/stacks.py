"""A stack of CloudFormation: what would change, changing it, and taking it down.

It is changed by change sets only, so what is shown is what is done.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from salesetl.aws import aws_errors, client
from salesetl.cloudformation.change_sets import ChangeSet, finished
from salesetl.errors import StackError
from salesetl.glue.settings import APPLICATION
from salesetl.storage import join, storage_of

# A larger template CloudFormation takes only from a bucket.
LARGEST_BODY = 51_200
_SETTLED = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
)
_NEVER_MADE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")


def stack_name(env: str, pipeline: str = "") -> str:
    """Return the name of the stack of an environment, or of a pipeline in it."""
    return "-".join(filter(None, (APPLICATION, env, pipeline)))


@dataclass(frozen=True)
class Template:
    """A template, and where one is put that is too large to be sent: a folder of a bucket."""

    text: str
    parameters: Sequence[str]
    folder: str | None = None

    def argument(self) -> dict[str, str]:
        """Return how CloudFormation is given it; StackError if it is too large to be sent."""
        content = self.text.encode()
        if len(content) <= LARGEST_BODY:
            return {"TemplateBody": self.text}
        if self.folder is None:
            raise StackError(
                f"a template of {len(content):,} bytes is sent by a bucket, and there is none yet"
                " for this one; deploy, which makes that of pipelines first"
            )
        path = join(self.folder, f"{hashlib.sha256(content).hexdigest()}.yaml")
        storage_of(path).write(path, content)
        bucket, _, key = path.removeprefix("s3://").partition("/")
        region = client("s3").meta.region_name
        return {"TemplateURL": f"https://s3.{region}.amazonaws.com/{bucket}/{key}"}


class Stack:
    """A stack in the account and region of the credentials."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._client = client("cloudformation")

    @property
    def region(self) -> str:
        """The region that it is in, or would be."""
        return str(self._client.meta.region_name)

    def is_there(self) -> bool:
        """Whether there is such a stack."""
        return self._described() is not None

    def parameters(self) -> dict[str, str]:
        """Return the values of its parameters."""
        found = (self._described() or {}).get("Parameters", [])
        return {each["ParameterKey"]: each["ParameterValue"] for each in found}

    def outputs(self) -> dict[str, str]:
        """Return what the stack tells others, such as the names of its buckets."""
        found = (self._described() or {}).get("Outputs", [])
        return {each["OutputKey"]: each["OutputValue"] for each in found}

    @contextmanager
    def change_set(
        self, template: Template | None, given: Mapping[str, str]
    ) -> Iterator[ChangeSet]:
        """Make a change set to another template and other parameters, discarded if not applied.

        Without a template it is the one that the stack has. A parameter that is not given stays as
        it is. StackError if the stack cannot be changed now.
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
        """See that it is neither being changed nor protected; StackError if it is."""
        with aws_errors(self.name):
            found = self._described() or {}
        if found:
            self._check_idle(found)
        if found.get("EnableTerminationProtection"):
            raise StackError(
                f"{self.name} is protected from being taken down: switch its termination protection"
                " off, if that is meant"
            )

    def delete(self) -> None:
        """Take the stack down, and wait for its end; what its template retains stays."""
        with aws_errors(self.name):
            found = self._described()
            if found:
                stack = found["StackId"]
                with finished(self._client, "stack_delete_complete", stack):
                    self._client.delete_stack(StackName=stack)

    def _values(
        self, template: Template | None, given: Mapping[str, str]
    ) -> Sequence[dict[str, Any]]:
        former = self.parameters()
        names = template.parameters if template else list(former)
        return [
            (
                {"ParameterKey": name, "ParameterValue": given[name]}
                if name in given
                else {"ParameterKey": name, "UsePreviousValue": True}
            )
            for name in names
            if name in given or name in former
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
        # Then it is no more than a name that a change set was made for.
        return None if stack["StackStatus"] == "REVIEW_IN_PROGRESS" else stack

    def _check_changeable(self, found: Mapping[str, Any]) -> None:
        status = found["StackStatus"]
        if status in _SETTLED:
            return
        self._check_idle(found)
        if status in _NEVER_MADE:
            env = self.name.split("-")[1]
            raise StackError(
                f"{self.name} is in {status}: it could not be made. Delete it (salesetl infra"
                f" delete --env {env} --yes), then deploy again"
            )
        raise StackError(
            f"{self.name} is in {status}: mend it in the console of CloudFormation"
        )

    def _check_idle(self, found: Mapping[str, Any]) -> None:
        status = found["StackStatus"]
        if status.endswith("IN_PROGRESS"):
            raise StackError(f"{self.name} is in {status}: wait until that is done")
