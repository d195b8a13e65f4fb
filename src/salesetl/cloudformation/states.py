"""Whether a stack is in a state to be changed, or to be taken down."""

from typing import Any

from salesetl.cloudformation.jobs import runs_under_way
from salesetl.errors import StackError

_SETTLED = (
    "CREATE_COMPLETE",
    "UPDATE_COMPLETE",
    "UPDATE_ROLLBACK_COMPLETE",
    "IMPORT_COMPLETE",
    "IMPORT_ROLLBACK_COMPLETE",
)
_NEVER_MADE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED")


def check_changeable(stack: dict[str, Any], env: str) -> None:
    """See that a stack can be changed; StackError with what to do if it cannot."""
    name, status = stack["StackName"], stack["StackStatus"]
    if status in _SETTLED:
        return
    _check_idle(stack)
    if status in _NEVER_MADE:
        raise StackError(
            f"{name} is in {status}, for it could not be made: delete it (salesetl infra"
            f" delete --env {env} --yes), then deploy again"
        )
    raise StackError(
        f"{name} is in {status}: it has to be mended in the console of CloudFormation"
    )


def check_deletable(client: Any, stack: dict[str, Any]) -> None:
    """See that a stack can be taken down; StackError if it is changing, protected, or at work."""
    name = stack["StackName"]
    _check_idle(stack)
    if stack.get("EnableTerminationProtection"):
        raise StackError(
            f"{name} is protected from being taken down: switch its termination protection off,"
            " if that is meant"
        )
    if runs := runs_under_way(client, name):
        raise StackError(
            f"{name} has runs under way, {', '.join(runs)}: wait for their end, or stop them"
        )


def _check_idle(stack: dict[str, Any]) -> None:
    name, status = stack["StackName"], stack["StackStatus"]
    if status.endswith("IN_PROGRESS"):
        raise StackError(f"{name} is in {status}: wait until that is done")
