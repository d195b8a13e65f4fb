"""The infrastructure of an environment: what would change, changing it, taking it down."""

import argparse
import sys
from pathlib import Path

from salesetl.cloudformation.buckets import empty_bucket
from salesetl.cloudformation.stack_requests import StackRequest
from salesetl.cloudformation.stacks import Stack
from salesetl.cloudformation.template import PATH
from salesetl.errors import ArgumentError, InputError, StackError

_KEPT = ("RawBucket", "ProcessedBucket")
_EMPTIED = ("ScriptsBucket", "ResultsBucket")


def plan(arguments: argparse.Namespace) -> str:
    """Return a line for each change that a deploy would make, and why it would refuse to."""
    made = Stack(arguments.env).plan(_request(arguments))
    lines = [change.line() for change in made.changes]
    lines += [f"deploy would refuse: {refusal}" for refusal in made.refusals]
    return "".join(f"{line}\n" for line in lines or ["nothing to change"])


def deploy(arguments: argparse.Namespace) -> str:
    """Make or change the stack, telling what happens as it does; return its outputs.

    Which release the jobs run is never changed: `--release` is what those of a new stack begin
    with, and has no effect on one that is there.
    """
    stack = Stack(arguments.env)
    is_changed = stack.deploy(
        _request(arguments), _tell, may_lose_data=arguments.may_lose_data
    )
    if not is_changed:
        _tell("nothing to change")
    outputs = sorted(stack.outputs().items())
    return "".join(f"{name} = {value}\n" for name, value in outputs)


def delete(arguments: argparse.Namespace) -> str:
    """Take the stack down, but for the buckets of raw and processed data; StackError if unsure.

    Nothing is emptied of a stack that cannot be deleted.
    """
    stack = Stack(arguments.env)
    stack.check_deletable()
    outputs = stack.outputs()
    kept = " and ".join(outputs[name] for name in _KEPT if name in outputs)
    lost = [outputs[name] for name in _EMPTIED if name in outputs]
    if lost and not arguments.yes:
        raise StackError(
            f"{stack.name}: jobs, alarms, the database and all that is in {' and '.join(lost)}"
            f" would be gone; {kept} would stay. If that is meant, say --yes"
        )
    for bucket in lost:
        empty_bucket(bucket)
    stack.delete(_tell)
    stays = f"; {kept} stay, and stand in the way of a new stack" if kept else ""
    return f"{stack.name} is gone{stays}\n"


def _request(arguments: argparse.Namespace) -> StackRequest:
    try:
        template = Path(arguments.template).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{arguments.template}: cannot be read ({error}); run it where {PATH} is"
        ) from error
    parameters = {}
    for text in arguments.parameter:
        name, found, value = text.partition("=")
        if not found:
            raise ArgumentError(f"--parameter {text}: write it as Name=Value")
        parameters[name] = value
    return StackRequest(template, parameters, arguments.release)


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def add_commands(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `infra plan`, `infra deploy` and `infra delete` to the command line."""
    of_infra = groups.add_parser("infra", help="the infrastructure of an environment")
    commands = of_infra.add_subparsers(required=True)
    added = {}
    for name, text, command in (
        ("plan", "show what deploy would change", plan),
        ("deploy", "make or change the infrastructure", deploy),
        ("delete", "take it down; raw and processed data stay", delete),
    ):
        added[name] = commands.add_parser(
            name, help=text, description=text, allow_abbrev=False
        )
        added[name].add_argument("--env", required=True, help="such as dev")
        added[name].set_defaults(command=command)
    _add_request(added["plan"])
    _add_request(added["deploy"])
    added["deploy"].add_argument(
        "--may-lose-data", action="store_true", help="what holds data may be replaced"
    )
    added["delete"].add_argument("--yes", action="store_true", help="it is meant")


def _add_request(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--release", help="what the jobs of a new stack run; else of no effect"
    )
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="of the template; what is not given stays as it is",
    )
    parser.add_argument("--template", default=PATH, help=f"({PATH})")
