"""The commands that plan, deploy and delete the infrastructure of an environment."""

import argparse
import sys
from pathlib import Path

from salesetl.cloudformation.infrastructure import Infrastructure
from salesetl.cloudformation.requests import Request
from salesetl.errors import ArgumentError, InputError, StackError


def plan(arguments: argparse.Namespace) -> str:
    """Show each change that a deploy would make, and why it would refuse the changes."""
    Infrastructure(arguments.env).plan(_request(arguments), _show)
    return ""


def deploy(arguments: argparse.Namespace) -> str:
    """Create or change the stacks, show each change, and return the environment's outputs.

    This never changes the release that an existing job runs: `--release` is only for new stacks.
    """
    infrastructure = Infrastructure(arguments.env)
    infrastructure.deploy(
        _request(arguments), _show, may_lose_data=arguments.may_lose_data
    )
    outputs = sorted(infrastructure.stack.outputs().items())
    return "".join(f"{name} = {value}\n" for name, value in outputs)


def delete(arguments: argparse.Namespace) -> str:
    """Delete the stacks, except for the buckets of raw and processed data.

    StackError without `--yes`. All checks come before any bucket is emptied.
    """
    infrastructure = Infrastructure(arguments.env)
    infrastructure.check_deletable()
    name = infrastructure.stack.name
    buckets, lost = infrastructure.buckets()
    kept = " and ".join(buckets)
    if lost and not arguments.yes:
        raise StackError(
            f"{name}: this deletes jobs, alarms, databases and everything in"
            f" {' and '.join(lost)}; {kept} stay. To do it, pass --yes"
        )
    infrastructure.delete(_show)
    stays = f"; {kept} stay; delete them before you create it again" if kept else ""
    return f"{name} is deleted{stays}\n"


def _request(arguments: argparse.Namespace) -> Request:
    parameters = {}
    for text in arguments.parameter:
        name, found, value = text.partition("=")
        if not found:
            raise ArgumentError(f"--parameter {text}: must be Name=Value")
        parameters[name] = value
    return Request(
        Path(arguments.root),
        parameters,
        arguments.release,
        _package(arguments.function, "package-lambda"),
        _package(arguments.generator, "package-generator"),
    )


def _package(path: str | None, target: str) -> bytes | None:
    try:
        return Path(path).read_bytes() if path else None
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); run make {target}"
        ) from error


def _show(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def add_commands(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `infra plan`, `infra deploy` and `infra delete` to the command line."""
    of_infra = groups.add_parser(
        "infra", help="plan, deploy or delete the infrastructure"
    )
    commands = of_infra.add_subparsers(required=True)
    added = {}
    for name, text, command in (
        ("plan", "show what deploy would change", plan),
        ("deploy", "create or change the infrastructure", deploy),
        ("delete", "delete the infrastructure; keep raw and processed data", delete),
    ):
        added[name] = commands.add_parser(
            name, help=text, description=text, allow_abbrev=False
        )
        added[name].add_argument(
            "--env", required=True, help="environment, such as dev"
        )
        added[name].set_defaults(command=command)
    _add_request(added["plan"])
    _add_request(added["deploy"])
    added["deploy"].add_argument(
        "--may-lose-data", action="store_true", help="allow changes that delete data"
    )
    added["delete"].add_argument("--yes", action="store_true", help="confirm")


def _add_request(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--release", help="release for the jobs of new stacks; others keep theirs"
    )
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="parameter of the templates; others keep their values",
    )
    parser.add_argument(
        "--function",
        metavar="ZIP",
        help="package of the Lambda functions that load new files",
    )
    parser.add_argument(
        "--generator",
        metavar="ZIP",
        help="package of the Lambda function that makes events, with its stream and delivery",
    )
    parser.add_argument(
        "--root", default=".", metavar="DIR", help="root of the repository (default: .)"
    )
