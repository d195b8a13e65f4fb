"""Runs on Glue are followed to their end, with their retries, their log and their cost."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto.glue.models import FakeJobRun, glue_backends
from moto.moto_api import state_manager

from salesetl.errors import AwsError
from salesetl.glue.costs import run_dollars
from salesetl.glue.log_lines import LogLines
from salesetl.glue.running import JobRun, JobRuns, follow
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
    """Follow a run that logs two lines; its end, the states and the lines that were shown."""
    states: list[str] = []
    lines: list[str] = []

    def show(attempt: JobRun) -> None:
        states.append(attempt.state)
        if len(states) == 2:
            write_log(run, "read took 1.0 s", "publish took 2.0 s\n")
        if attempt.has_ended:
            threading.Timer(0.1, write_log, (run, "the last line")).start()

    options = {"max_retries": 0, **options}
    ended = follow(
        JobRuns(job),
        run,
        log=LogLines(GROUP, lines.append),
        show=show,
        poll_seconds=0.3,
        **options,
    )
    return ended, states, lines


def test_a_run_is_followed_to_its_end_and_every_line_of_its_log_is_shown_once(
    job: str,
) -> None:
    run = JobRuns(job).start({"run_id": "r1"})

    ended, states, lines = followed(job, run)

    assert ended.state == "SUCCEEDED"
    assert states[0] in ("STARTING", "RUNNING")
    assert states[-1] == "SUCCEEDED"
    assert lines == ["read took 1.0 s", "publish took 2.0 s", "the last line"]


def test_the_arguments_of_a_run_reach_the_job(job: str) -> None:
    run = JobRuns(job).start({"run_id": "r1", "as_of": "2025-12-18"})

    found = boto3.client("glue").get_job_run(JobName=job, RunId=run)["JobRun"]
    assert found["Arguments"] == {"--run_id": "r1", "--as_of": "2025-12-18"}


def test_a_run_that_fails_is_followed_into_its_retry(job: str) -> None:
    run = JobRuns(job).start({})
    the_run(job).status = "FAILED"
    JobRuns(job).start({})
    the_run(job).job_run_id = f"{run}_attempt_1"

    ended, _, _ = followed(job, run, max_retries=1)

    assert ended.id == f"{run}_attempt_1"
    assert [each.id for each in JobRuns(job).attempts(run)] == [run, f"{run}_attempt_1"]


def test_a_run_that_fails_without_a_retry_has_ended(job: str) -> None:
    run = JobRuns(job).start({})
    the_run(job).status = "FAILED"

    ended, _, _ = followed(job, run, max_retries=1)

    assert (ended.id, ended.state) == (run, "FAILED")


def test_a_log_that_may_not_be_read_is_reported_and_the_run_goes_on(
    job: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = JobRuns(job).start({})

    def refuse(**_: Any) -> None:
        answer = {"Error": {"Code": "AccessDeniedException", "Message": "no"}}
        raise ClientError(answer, "FilterLogEvents")

    events = boto3._get_default_session().events
    events.register("before-call.logs.FilterLogEvents", refuse)
    try:
        ended, _, lines = followed(job, run)
    finally:
        events.unregister("before-call.logs.FilterLogEvents", refuse)

    assert ended.state == "SUCCEEDED"
    assert lines == [f"{GROUP}: you are not allowed to read this log"]


def test_a_second_run_at_the_same_time_is_one_line(job: str) -> None:
    JobRuns(job).start({})

    with pytest.raises(AwsError, match="max_concurrent_runs is reached"):
        JobRuns(job).start({})


def test_a_run_costs_the_dpu_seconds_of_its_workers(job: str) -> None:
    run = JobRuns(job).start({})

    [attempt] = JobRuns(job).attempts(run)

    # The server says that every run takes so many seconds.
    assert attempt.dpu_seconds == 123 * 3 * 2
    assert run_dollars(360, "5.1") == pytest.approx(0.044)
    assert run_dollars(3600, "6.0") == pytest.approx(0.308)
