"""Running a job on Glue: starting it, and following its state and its log to the end."""

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from salesetl.aws import aws_errors, client, error_code
from salesetl.errors import AwsError
from salesetl.glue.definitions import WORKER_DPU

_ENDED = {"SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT", "ERROR", "EXPIRED"}
_RETRIED = {"FAILED", "TIMEOUT", "ERROR"}
# Glue starts the next attempt within that time, or there is none.
_ATTEMPT_POLLS = 6
# What Glue charges at least.
_LEAST_SECONDS = 60


@dataclass(frozen=True)
class JobRun:
    """One attempt of a run as Glue tells of it."""

    id: str
    state: str
    attempt: int
    error: str
    seconds: int
    dpu_seconds: float
    glue_version: str

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen in this attempt."""
        return self.state in _ENDED


def new_run_id() -> str:
    """Name a run, so that its report can be found."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"


def start_run(job_name: str, arguments: Mapping[str, str]) -> str:
    """Start a run of a job, and return what Glue calls it."""
    glue = client("glue")
    with aws_errors(job_name):
        try:
            started = glue.start_job_run(
                JobName=job_name,
                Arguments={f"--{name}": value for name, value in arguments.items()},
            )
        except glue.exceptions.ConcurrentRunsExceededException as error:
            raise AwsError(
                f"{job_name}: as many runs as it may have are under way; wait for them"
            ) from error
    return str(started["JobRunId"])


def follow(
    job_name: str,
    run: str,
    *,
    max_retries: int,
    log_group: str,
    told: Callable[[JobRun], None],
    logged: Callable[[str], None],
    poll_seconds: float = 10,
) -> JobRun:
    """Tell of the state and the log lines of a run until it and its retries have ended."""
    lines = _LogLines(log_group)
    while True:
        attempt = _attempt(job_name, run)
        told(attempt)
        for line in lines.new(run):
            logged(line)
        if attempt.has_ended:
            if attempt.state not in _RETRIED or attempt.attempt >= max_retries:
                return attempt
            following = _next_attempt(job_name, attempt, poll_seconds)
            if following is None:
                return attempt
            run = following
        else:
            time.sleep(poll_seconds)


def attempts_of(job_name: str, run: str) -> list[JobRun]:
    """Return all attempts of a run, for all are paid for."""
    glue = client("glue")
    with aws_errors(job_name):
        pages = glue.get_paginator("get_job_runs").paginate(JobName=job_name)
        runs = [each for page in pages for each in page["JobRuns"]]
    first = run.partition("_attempt_")[0]
    return [_job_run(each) for each in runs if each["Id"].startswith(first)]


def _attempt(job_name: str, run: str) -> JobRun:
    glue = client("glue")
    with aws_errors(job_name):
        return _job_run(glue.get_job_run(JobName=job_name, RunId=run)["JobRun"])


def _next_attempt(job_name: str, ended: JobRun, poll_seconds: float) -> str | None:
    first = ended.id.partition("_attempt_")[0]
    expected = f"{first}_attempt_{ended.attempt + 1}"
    for _ in range(_ATTEMPT_POLLS):
        if expected in [each.id for each in attempts_of(job_name, first)]:
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
        # With auto-scaling Glue counts them itself.
        dpu_seconds=float(
            answer.get("DPUSeconds") or max(seconds, _LEAST_SECONDS) * dpu
        ),
        glue_version=answer.get("GlueVersion") or "",
    )


class _LogLines:
    """The lines of a log group, each once."""

    def __init__(self, group: str) -> None:
        self._group = group
        self._seen: set[str] = set()
        self._since = 0

    def new(self, run: str) -> Iterator[str]:
        """Yield the lines of a run that have come since the last time."""
        logs = client("logs")
        with aws_errors(self._group):
            try:
                pages = logs.get_paginator("filter_log_events").paginate(
                    logGroupName=self._group,
                    logStreamNamePrefix=run,
                    startTime=self._since,
                )
                events = [event for page in pages for event in page["events"]]
            except logs.exceptions.ClientError as error:
                # Glue makes the stream, and perhaps the group, with the first line.
                if error_code(error) != "ResourceNotFoundException":
                    raise
                return
        for event in sorted(events, key=lambda each: each["timestamp"]):
            self._since = max(self._since, event["timestamp"])
            if event["eventId"] not in self._seen:
                self._seen.add(event["eventId"])
                yield event["message"].rstrip("\n")
