"""Start a job on Glue, and follow its run to the end."""

import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from salesetl.aws import aws_errors, client
from salesetl.errors import AwsError
from salesetl.glue.definitions import WORKER_DPU
from salesetl.glue.log_lines import LogLines

_ENDED = {"SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED"}
_RETRIED = {"FAILED", "TIMEOUT", "ERROR"}
# If Glue has not started the next attempt after so many polls, there is none.
_ATTEMPT_POLLS = 6
# The shortest time that Glue charges.
_LEAST_SECONDS = 60


@dataclass(frozen=True)
class JobRun:
    """One attempt of a run, as Glue reports it."""

    id: str
    state: str
    attempt: int
    error: str
    seconds: int
    dpu_seconds: float
    glue_version: str

    @property
    def has_ended(self) -> bool:
        """Whether this attempt has ended."""
        return self.state in _ENDED


def new_run_id() -> str:
    """Return a new run id, by which the report of the run can be found."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"


class JobRuns:
    """The runs of one job on Glue."""

    def __init__(self, job_name: str) -> None:
        self.job_name = job_name
        self._glue = client("glue")

    def start(self, arguments: Mapping[str, str]) -> str:
        """Start a run, and return its id on Glue."""
        with aws_errors(self.job_name):
            try:
                started = self._glue.start_job_run(
                    JobName=self.job_name,
                    Arguments={f"--{name}": text for name, text in arguments.items()},
                )
            except self._glue.exceptions.ConcurrentRunsExceededException as error:
                raise AwsError(
                    f"{self.job_name}: max_concurrent_runs is reached; wait until a run ends"
                ) from error
        return str(started["JobRunId"])

    def attempt(self, run: str) -> JobRun:
        """Return one attempt of a run."""
        with aws_errors(self.job_name):
            found = self._glue.get_job_run(JobName=self.job_name, RunId=run)
        return _job_run(found["JobRun"])

    def attempts(self, run: str) -> list[JobRun]:
        """Return all attempts of a run. Each of them costs money."""
        with aws_errors(self.job_name):
            pages = self._glue.get_paginator("get_job_runs").paginate(
                JobName=self.job_name
            )
            runs = [each for page in pages for each in page["JobRuns"]]
        first = run.partition("_attempt_")[0]
        return [_job_run(each) for each in runs if each["Id"].startswith(first)]


def follow(
    runs: JobRuns,
    run: str,
    *,
    max_retries: int,
    log: LogLines,
    show: Callable[[JobRun], None],
    poll_seconds: float = 10,
) -> JobRun:
    """Show the state and the log of a run until it and its retries have ended.

    Return the last attempt.
    """
    following: str | None = run
    while following:
        attempt = _followed(runs, following, log, show, poll_seconds)
        following = None
        if attempt.state in _RETRIED and attempt.attempt < max_retries:
            following = _next_attempt(runs, attempt, poll_seconds)
    return attempt


def _followed(
    runs: JobRuns,
    run: str,
    log: LogLines,
    show: Callable[[JobRun], None],
    poll_seconds: float,
) -> JobRun:
    while True:
        attempt = runs.attempt(run)
        show(attempt)
        log.show_new(run)
        if attempt.has_ended:
            log.show_last(run, min(poll_seconds, 2))
            return attempt
        time.sleep(poll_seconds)


def _next_attempt(runs: JobRuns, ended: JobRun, poll_seconds: float) -> str | None:
    first = ended.id.partition("_attempt_")[0]
    expected = f"{first}_attempt_{ended.attempt + 1}"
    for _ in range(_ATTEMPT_POLLS):
        if expected in [each.id for each in runs.attempts(first)]:
            return expected
        time.sleep(poll_seconds)
    return None


def _job_run(answer: Mapping[str, Any]) -> JobRun:
    seconds = int(answer.get("ExecutionTime") or 0)
    workers = int(answer.get("NumberOfWorkers") or 0)
    dpu = WORKER_DPU.get(answer.get("WorkerType") or "", 1) * workers
    return JobRun(
        id=answer["Id"],
        state=answer["JobRunState"],
        attempt=int(answer.get("Attempt") or 0),
        error=answer.get("ErrorMessage") or "",
        seconds=seconds,
        # With auto-scaling, Glue reports the DPU-seconds.
        dpu_seconds=float(
            answer.get("DPUSeconds") or max(seconds, _LEAST_SECONDS) * dpu
        ),
        glue_version=answer.get("GlueVersion") or "",
    )
