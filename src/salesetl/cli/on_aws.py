"""The commands that deploy and run jobs on AWS and estimate their cost."""

import argparse
from typing import TYPE_CHECKING

from salesetl.cli import cost, deploy, run_job
from salesetl.registry import jobs

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_commands(groups: "Commands") -> None:
    """Add these commands to the command line."""
    release = _add(
        groups, "release", "show the name of the release that make package built"
    )
    release.set_defaults(command=deploy.show_release)

    deployed = _add(groups, "deploy", "deploy jobs to Glue with the built release")
    deployed.add_argument(
        "jobs", nargs="*", metavar="JOB", help="name of a job; without it, all jobs"
    )
    _add_environment(deployed)
    _add_dry_run(deployed)
    deployed.set_defaults(command=deploy.deploy)

    rollback = _add(
        groups, "rollback", "give a job its settings from before the last deploy"
    )
    rollback.add_argument("job", choices=jobs())
    _add_environment(rollback)
    _add_dry_run(rollback)
    rollback.set_defaults(command=deploy.roll_back)

    run = _add(
        groups, "run-job", "run a job on Glue; also takes the arguments of the job"
    )
    run.add_argument("job", choices=jobs())
    _add_environment(run)
    run.add_argument(
        "--every", type=float, default=10, metavar="SECONDS", help="polling interval"
    )
    run.set_defaults(command=run_job.run_job, takes_rest=True)

    costs = _add(groups, "cost", "estimate the cost of a job before it runs")
    costs.add_argument("job", choices=jobs())
    costs.add_argument(
        "inputs", nargs="*", metavar="PATH", help="files that it would read"
    )
    costs.add_argument("--output_path", help="the lake, to add its storage cost")
    costs.set_defaults(command=cost.estimate_cost)


def _add(groups: "Commands", name: str, text: str) -> argparse.ArgumentParser:
    parser = groups.add_parser(name, help=text, description=text, allow_abbrev=False)
    parser.add_argument(
        "--root", default=".", metavar="DIR", help="root of the repository (default: .)"
    )
    return parser


def _add_environment(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--env", required=True, help="environment, such as dev")


def _add_dry_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would change; change nothing"
    )
