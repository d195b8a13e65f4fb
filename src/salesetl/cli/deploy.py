"""The commands that deploy jobs to Glue and roll them back."""

import argparse
import sys

from salesetl.cloudformation.environments import environment_of
from salesetl.display import table_text
from salesetl.glue import deploying
from salesetl.glue.definitions import job_definition
from salesetl.glue.deploying import Plan
from salesetl.glue.release import built_release
from salesetl.registry import jobs


def show_release(arguments: argparse.Namespace) -> str:
    """Return the name of the release in `dist/`."""
    return f"{built_release(arguments.root).name}\n"


def deploy(arguments: argparse.Namespace) -> str:
    """Deploy the named jobs, or all jobs. Show each change before it is made."""
    release = built_release(arguments.root)
    # Read all definitions before any change, so that a wrong one changes nothing.
    definitions = [
        job_definition(arguments.root, name) for name in arguments.jobs or jobs()
    ]
    environment = environment_of(arguments.env)
    for definition in definitions:
        plan = deploying.plan_deploy(definition, environment, release)
        sys.stdout.write(plan_text(plan))
        sys.stdout.flush()
        if not arguments.dry_run:
            deploying.deploy(plan, environment, release)
    done = "would be deployed" if arguments.dry_run else "is deployed"
    return f"release {release.name} {done} to {arguments.env}\n"


def roll_back(arguments: argparse.Namespace) -> str:
    """Give a job its settings and release from before the last deploy."""
    environment = environment_of(arguments.env)
    plan = deploying.plan_rollback(arguments.job, environment)
    sys.stdout.write(plan_text(plan))
    sys.stdout.flush()
    if not arguments.dry_run:
        deploying.roll_back(plan, environment)
    done = "would be rolled back" if arguments.dry_run else "is rolled back"
    return f"{plan.job} {done}\n"


def plan_text(plan: Plan) -> str:
    """Return the changes of a plan as a table."""
    if not plan.changes:
        return f"{plan.job}: nothing to change\n"
    rows = [
        [each.setting, each.found or "(none)", each.wanted or "(none)"]
        for each in plan.changes
    ]
    done = "changed" if plan.found else "created"
    table = table_text(["setting", "now", "new"], rows)
    return f"{plan.job}: will be {done}\n{table}\n"
