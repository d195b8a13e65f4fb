"""The command that runs a job on Glue and follows it."""

import argparse
import sys

from tqdm import tqdm

from salesetl.arguments import argument_texts, parse_arguments
from salesetl.cloudformation.environments import environment_of
from salesetl.display import report_text
from salesetl.errors import ArgumentError, AwsError, InputError
from salesetl.glue.costs import run_dollars
from salesetl.glue.definitions import JobDefinition, job_definition
from salesetl.glue.jobs import find_job
from salesetl.glue.log_lines import LogLines
from salesetl.glue.running import JobRun, JobRuns, follow, new_run_id
from salesetl.launcher import job_options
from salesetl.registry import pipeline_of_job
from salesetl.runs import last_report
from salesetl.stopping import Stopped
from salesetl.storage import storage_of


def run_job(arguments: argparse.Namespace) -> str:
    """Run a job, follow it to the end, and return its report and its cost.

    AwsError if it did not succeed.
    """
    definition = job_definition(arguments.root, arguments.job)
    own = _own_arguments(definition, arguments.rest)
    pipeline = pipeline_of_job(definition.name)
    environment = environment_of(arguments.env)
    name = environment.job_name(definition.name)
    settings = find_job(name)
    if settings is None:
        raise AwsError(
            f"{name}: there is no such job; run make deploy-job JOB={definition.name}"
        )
    fixed = settings.get("NonOverridableArguments", {})
    # A job that was rolled back may have settings from before any were fixed.
    lake = (settings.get("DefaultArguments", {}) | fixed)["--output_path"]
    if refused := [f"--{each}" for each in own if f"--{each}" in fixed]:
        raise ArgumentError(
            f"{refused[0]}: fixed in the settings of {name}, so that nobody writes elsewhere;"
            " remove it"
        )
    runs = JobRuns(name)
    run = runs.start(own)
    group = f"{environment.log_prefix(definition.name)}/output"
    ended = _followed(runs, run, definition, group, arguments.every)
    cost = _cost_text(runs.attempts(run))
    if ended.state != "SUCCEEDED":
        raise AwsError(f"{name} run {run}: {ended.state}: {ended.error}; {cost}")
    try:
        report = last_report(storage_of(lake), lake, pipeline.name, own["run_id"])
    except InputError as error:
        raise AwsError(f"{error}; read the log group {group} on CloudWatch") from error
    return f"{report_text(report)}\n{cost}\n"


def _own_arguments(definition: JobDefinition, words: list[str]) -> dict[str, str]:
    """Check the arguments as the job would, before the run costs money."""
    options = job_options(pipeline_of_job(definition.name))
    given = parse_arguments(options, words, is_partial=True)
    if "engine" in given:
        raise ArgumentError("--engine: jobs on Glue always use Spark; remove --engine")
    if "replay_of" in given:
        raise ArgumentError(
            "--replay_of: to replay rejected rows, use salesetl quarantine replay"
        )
    return {"run_id": new_run_id(), **argument_texts(words)}


def _followed(
    runs: JobRuns, run: str, definition: JobDefinition, group: str, every: float
) -> JobRun:
    name = runs.job_name
    sys.stderr.write(f"{name}: run {run} started\n")
    limit = definition.timeout_minutes
    with tqdm(
        bar_format="{desc} {elapsed}" + f" of at most {limit} min",
        disable=not sys.stderr.isatty(),
        file=sys.stderr,
    ) as bar:
        shown = _Shown(bar, run)
        try:
            return follow(
                runs,
                run,
                max_retries=definition.max_retries,
                log=LogLines(group, lambda line: tqdm.write(line, file=sys.stderr)),
                show=shown.state,
                poll_seconds=every,
            )
        except (KeyboardInterrupt, Stopped):
            raise AwsError(
                f"{name} run {shown.run} continues; to stop it: aws glue batch-stop-job-run"
                f" --job-name {name} --job-run-ids {shown.run}"
            ) from None


class _Shown:
    """The display of a run: a line for each new state, and the current state in the bar."""

    def __init__(self, bar: "tqdm[None]", run: str) -> None:
        self.run = run
        self._bar = bar
        self._state = ""

    def state(self, attempt: JobRun) -> None:
        """Show the state of the current attempt."""
        if (attempt.id, attempt.state) != (self.run, self._state):
            again = f", attempt {attempt.attempt + 1}" if attempt.attempt else ""
            tqdm.write(f"{attempt.state}{again}", file=sys.stderr)
        self.run, self._state = attempt.id, attempt.state
        self._bar.set_description_str(attempt.state)


def _cost_text(attempts: list[JobRun]) -> str:
    seconds = sum(run.dpu_seconds for run in attempts)
    dollars = sum(run_dollars(run.dpu_seconds, run.glue_version) for run in attempts)
    return f"cost: {seconds:,.0f} DPU-seconds, ${dollars:.4f}"
