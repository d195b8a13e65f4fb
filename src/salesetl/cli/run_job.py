"""Running a job on Glue and seeing how it went."""

import argparse
import sys
from collections.abc import Callable

from tqdm import tqdm

from salesetl.arguments import parse_arguments, split_words
from salesetl.display import report_text
from salesetl.errors import ArgumentError, AwsError
from salesetl.glue.costs import run_dollars
from salesetl.glue.definitions import JobDefinition, job_definition
from salesetl.glue.environments import environment_of
from salesetl.glue.jobs import find_job
from salesetl.glue.running import JobRun, attempts_of, follow, new_run_id, start_run
from salesetl.launcher import ENGINE
from salesetl.pipelines import JOBS
from salesetl.runs import read_report
from salesetl.storage import storage_of


def run_job(arguments: argparse.Namespace) -> str:
    """Run a job, follow it to its end, and return its report and what it cost.

    AwsError if it did not succeed.
    """
    definition = job_definition(arguments.root, arguments.job)
    own = _own_arguments(definition, arguments.rest)
    environment = environment_of(arguments.env)
    name = environment.job_name(definition.name)
    settings = find_job(name)
    if settings is None:
        raise AwsError(
            f"{name}: there is no such job; make deploy-job JOB={definition.name}"
        )
    run = start_run(name, own)
    ended = _followed(
        name, run, definition, environment.log_prefix(definition.name), arguments.every
    )
    cost = _cost_text(attempts_of(name, run))
    if ended.state != "SUCCEEDED":
        raise AwsError(f"{name} run {run}: {ended.state}: {ended.error}; {cost}")
    lake = own.get("output_path", settings["DefaultArguments"].get("--output_path"))
    report = read_report(storage_of(lake), lake, own["run_id"])
    return f"{report_text(report)}\n{cost}\n"


def _own_arguments(definition: JobDefinition, words: list[str]) -> dict[str, str]:
    """Check arguments as the job would, before there is anything to pay."""
    given = parse_arguments(
        JOBS[definition.name].run, words, others=[ENGINE], is_partial=True
    )
    if ENGINE.name in given:
        raise ArgumentError(f"--{ENGINE.name}: on Glue jobs run on Spark; leave it out")
    texts = {name: text or "true" for name, text in split_words(words)}
    return {"run_id": new_run_id(), **texts}


def _followed(
    name: str, run: str, definition: JobDefinition, log_prefix: str, every: float
) -> JobRun:
    sys.stderr.write(f"{name}: run {run} started\n")
    limit = definition.timeout_minutes
    with tqdm(
        bar_format="{desc} {elapsed}" + f" of at most {limit} min",
        disable=not sys.stderr.isatty(),
        file=sys.stderr,
    ) as bar:
        try:
            return follow(
                name,
                run,
                max_retries=definition.max_retries,
                log_group=f"{log_prefix}/output",
                told=_state_shown(bar),
                logged=lambda line: tqdm.write(line, file=sys.stderr),
                poll_seconds=every,
            )
        except KeyboardInterrupt:
            raise AwsError(
                f"{name} run {run} goes on; to end it: aws glue batch-stop-job-run"
                f" --job-name {name} --job-run-ids {run}"
            ) from None


def _state_shown(bar: "tqdm[None]") -> Callable[[JobRun], None]:
    """Show each state where it changes, and the present one beside the time."""
    shown: list[tuple[str, str]] = []

    def show(run: JobRun) -> None:
        if (run.id, run.state) not in shown:
            shown.append((run.id, run.state))
            again = f", attempt {run.attempt + 1}" if run.attempt else ""
            tqdm.write(f"{run.state}{again}", file=sys.stderr)
        bar.set_description_str(run.state)

    return show


def _cost_text(attempts: list[JobRun]) -> str:
    seconds = sum(run.dpu_seconds for run in attempts)
    dollars = sum(run_dollars(run.dpu_seconds, run.glue_version) for run in attempts)
    return f"cost: {seconds:,.0f} DPU-seconds, ${dollars:.4f}"
