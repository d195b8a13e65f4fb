"""The infrastructure of an environment: what would change, changing it, taking it down."""

import argparse
import sys
from pathlib import Path

from salesetl.cloudformation.infrastructure import Infrastructure
from salesetl.cloudformation.requests import Request
from salesetl.errors import ArgumentError, InputError, StackError


def plan(arguments: argparse.Namespace) -> str:
    """Show a line for each change that a deploy would make, and why it would refuse to."""
    Infrastructure(arguments.env).plan(_request(arguments), _tell)
    return ""


def deploy(arguments: argparse.Namespace) -> str:
    """Make or change the stacks, with a line for each change; return the environment's outputs.

    Which release the jobs run is never changed: `--release` is what those of new stacks begin with,
    and has no effect on one that is there.
    """
    infrastructure = Infrastructure(arguments.env)
    infrastructure.deploy(
        _request(arguments), _tell, may_lose_data=arguments.may_lose_data
    )
    outputs = sorted(infrastructure.stack.outputs().items())
    return "".join(f"{name} = {value}\n" for name, value in outputs)


def delete(arguments: argparse.Namespace) -> str:
    """Take the stacks down, but for the buckets of raw and processed data; StackError if unsure.

    Nothing is emptied of an environment that cannot be deleted.
    """
    infrastructure = Infrastructure(arguments.env)
    infrastructure.check_deletable()
    name = infrastructure.stack.name
    buckets, lost = infrastructure.buckets()
    kept = " and ".join(buckets)
    if lost and not arguments.yes:
        raise StackError(
            f"{name}: jobs, alarms, the databases and all that is in {' and '.join(lost)} would be"
            f" gone; {kept} would stay. If that is meant, say --yes"
        )
    infrastructure.delete(_tell)
    stays = f"; {kept} stay, and stand in the way of a new stack" if kept else ""
    return f"{name} is gone{stays}\n"


def _request(arguments: argparse.Namespace) -> Request:
    parameters = {}
    for text in arguments.parameter:
        name, found, value = text.partition("=")
        if not found:
            raise ArgumentError(f"--parameter {text}: write it as Name=Value")
        parameters[name] = value
    function = _package(Path(arguments.function)) if arguments.function else None
    return Request(Path(arguments.root), parameters, arguments.release, function)


def _package(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); run make package-lambda"
        ) from error


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
        "--release", help="what the jobs of new stacks run; else of no effect"
    )
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="of the templates; what is not given stays as it is",
    )
    parser.add_argument(
        "--function",
        metavar="ZIP",
        help="the package of the Lambda functions, which then load new files",
    )
    parser.add_argument(
        "--root", default=".", metavar="DIR", help="root of the repository (here)"
    )
