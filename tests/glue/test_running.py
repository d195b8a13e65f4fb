"""Runs on Glue are followed to their end, with their retries, their log and their cost."""

import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.glue.models import FakeJobRun, glue_backends
from moto.moto_api import state_manager

from salesetl.errors import AwsError
from salesetl.glue.costs import run_dollars
from salesetl.glue.running import JobRun, attempts_of, follow, start_run
from salesetl.glue.settings import Environment

GROUP = "/salesetl/test/enrich_sales/output"


@pytest.fixture
def job(environment: Environment) -> Iterator[str]:
    """Make a job whose runs move on a state with every look; its name."""
    name = environment.job_name("enrich_sales")
    boto3.client("glue").create_job(
        Name=name,
        Role="role",
        Command={"Name": "glueetl", "ScriptLocation": "s3://x/y.py"},
        WorkerType="G.2X",
        NumberOfWorkers=3,
        GlueVersion="5.1",
    )
    state_manager.set_transition("glue::job_run", {"progression": "manual", "times": 1})
    yield name
    state_manager.unset_transition("glue::job_run")


def the_run(job: str) -> FakeJobRun:
    """Return the run of a job that was started last, as the server has it."""
    [backend] = [each["us-east-1"] for each in glue_backends.values() if each]
    return backend.get_job(job).job_runs[-1]


def write_log(run: str, *lines: str) -> None:
    """Write lines to the log of a run, as Glue does."""
    logs = boto3.client("logs")
    stream = f"{run}-driver"
    for make, names in (
        (logs.create_log_group, {"logGroupName": GROUP}),
        (logs.create_log_stream, {"logGroupName": GROUP, "logStreamName": stream}),
    ):
        try:
            make(**names)
        except logs.exceptions.ResourceAlreadyExistsException:
            pass
    now = int(time.time() * 1000)
    logs.put_log_events(
        logGroupName=GROUP,
        logStreamName=stream,
        logEvents=[{"timestamp": now, "message": line} for line in lines],
    )


def followed(job: str, run: str, **options: Any) -> tuple[JobRun, list[str], list[str]]:
    """Follow a run that logs two lines; its end, the states and the lines that were told."""
    states: list[str] = []
    lines: list[str] = []

    def told(attempt: JobRun) -> None:
        states.append(attempt.state)
        if len(states) == 2:
            write_log(run, "read took 1.0 s", "publish took 2.0 s\n")

    options = {"max_retries": 0, **options}
    ended = follow(
        job,
        run,
        log_group=GROUP,
        told=told,
        logged=lines.append,
        poll_seconds=0.01,
        **options,
    )
    return ended, states, lines


def test_a_run_is_followed_to_its_end_and_every_line_of_its_log_is_told_once(
    job: str,
) -> None:
    run = start_run(job, {"run_id": "r1"})

    ended, states, lines = followed(job, run)

    assert ended.state == "SUCCEEDED"
    assert states[0] in ("STARTING", "RUNNING")
    assert states[-1] == "SUCCEEDED"
    assert lines == ["read took 1.0 s", "publish took 2.0 s"]


def test_the_arguments_of_a_run_reach_the_job(job: str) -> None:
    run = start_run(job, {"run_id": "r1", "as_of": "2025-12-18"})

    found = boto3.client("glue").get_job_run(JobName=job, RunId=run)["JobRun"]
    assert found["Arguments"] == {"--run_id": "r1", "--as_of": "2025-12-18"}


def test_a_run_that_fails_is_followed_into_its_retry(job: str) -> None:
    run = start_run(job, {})
    the_run(job).status = "FAILED"
    start_run(job, {})
    the_run(job).job_run_id = f"{run}_attempt_1"

    ended, _, _ = followed(job, run, max_retries=1)

    assert ended.id == f"{run}_attempt_1"
    assert [each.id for each in attempts_of(job, run)] == [run, f"{run}_attempt_1"]


def test_a_run_that_fails_without_a_retry_has_ended(job: str) -> None:
    run = start_run(job, {})
    the_run(job).status = "FAILED"

    ended, _, _ = followed(job, run, max_retries=1)

    assert (ended.id, ended.state) == (run, "FAILED")


def test_a_second_run_at_the_same_time_is_one_line(job: str) -> None:
    start_run(job, {})

    with pytest.raises(AwsError, match="as many runs as it may have are under way"):
        start_run(job, {})


def test_a_run_costs_the_dpu_seconds_of_its_workers(job: str) -> None:
    run = start_run(job, {})

    [attempt] = attempts_of(job, run)

    # The server says that every run takes so many seconds.
    assert attempt.dpu_seconds == 123 * 3 * 2
    assert run_dollars(360, "5.1") == pytest.approx(0.044)
    assert run_dollars(3600, "6.0") == pytest.approx(0.308)
