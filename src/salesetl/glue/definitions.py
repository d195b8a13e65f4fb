"""Read how each job runs on Glue, from the TOML file beside its script."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from salesetl.entries import fill
from salesetl.errors import InputError
from salesetl.model.options import options_of
from salesetl.model.pipeline import Pipeline
from salesetl.registry import jobs, pipeline_of_job

# The Python of each version of Glue.
GLUE_VERSIONS = {"5.1": "3.11", "6.0": "3.13"}
# DPU of one worker. https://docs.aws.amazon.com/glue/latest/dg/worker-types.html
WORKER_DPU = {"G.1X": 1, "G.2X": 2, "G.4X": 4, "G.8X": 8, "R.1X": 1, "R.2X": 2}
# https://docs.aws.amazon.com/glue/latest/dg/add-job.html
EXECUTION_CLASSES = ("STANDARD", "FLEX")
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
_LAMBDA_LIMITS = {
    "memory_megabytes": (128, 10_240),
    "timeout_seconds": (1, 900),
    "storage_megabytes": (512, 10_240),
}
# Names that the arguments of a job may use as `${name}`; each environment has its own values.
PLACES = ("raw", "lake", "database")


@dataclass(frozen=True)
class Alarms:
    """When alarms go off: above this share of rejected rows, or after so long without success."""

    rejected_ratio: float
    fresh_within_hours: int


@dataclass(frozen=True)
class Function:
    """The limits of the Lambda function that loads each new file of a pipeline."""

    memory_megabytes: int
    timeout_seconds: int
    storage_megabytes: int


@dataclass(frozen=True)
class JobDefinition:
    """How a job runs on Glue.

    `workers` is the maximum for auto-scaling and includes the driver. `arguments` are passed to the
    job; `${raw}`, `${lake}` and `${database}` in them become the values of the environment.
    `spark` has more Spark settings. `execution_class` FLEX is cheaper, and waits for spare
    capacity.
    """

    name: str
    glue_version: str
    worker_type: str
    workers: int
    timeout_minutes: int
    notify_after_minutes: int
    max_retries: int
    max_concurrent_runs: int
    alarms: Alarms
    function: Function | None = None
    execution_class: str = "STANDARD"
    schedule: str = ""
    arguments: dict[str, str] = field(default_factory=dict)
    spark: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


def job_definitions(root: str) -> list[JobDefinition]:
    """Read the definitions of all jobs below the root of a repository."""
    return [job_definition(root, name) for name in jobs()]


def job_definition(root: str, name: str) -> JobDefinition:
    """Read the definition of a job.

    InputError names the file, the wrong entry and what it should be.
    """
    pipeline = pipeline_of_job(name)
    path = Path(root, "jobs", f"{name}.toml")
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))
        definition = fill(JobDefinition, {**entries, "name": name}, "a definition")
        _check(definition, pipeline)
    except FileNotFoundError as error:
        raise InputError(
            f"{path}: there is no definition of the job; write it like the others in jobs/"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        raise InputError(f"{path}: {error}") from error
    return definition


def _check(definition: JobDefinition, pipeline: Pipeline) -> None:
    if definition.glue_version not in GLUE_VERSIONS:
        raise ValueError(
            f"glue_version {definition.glue_version!r}: use {' or '.join(GLUE_VERSIONS)}"
        )
    if definition.execution_class not in EXECUTION_CLASSES:
        raise ValueError(
            f"execution_class {definition.execution_class!r}: use"
            f" {' or '.join(EXECUTION_CLASSES)}"
        )
    if definition.worker_type not in WORKER_DPU:
        raise ValueError(
            f"worker_type {definition.worker_type!r}: use one of {', '.join(WORKER_DPU)}"
        )
    for name, least in (
        ("workers", 2),
        ("timeout_minutes", 2),
        ("notify_after_minutes", 1),
        ("max_retries", 0),
        ("max_concurrent_runs", 1),
    ):
        if getattr(definition, name) < least:
            raise ValueError(
                f"{name} is {getattr(definition, name)}; it must be at least {least}"
            )
    if definition.notify_after_minutes >= definition.timeout_minutes:
        raise ValueError(
            f"notify_after_minutes is {definition.notify_after_minutes}; it must be less than"
            f" timeout_minutes, which is {definition.timeout_minutes}"
        )
    if not 0 < definition.alarms.rejected_ratio < 1:
        raise ValueError("alarms.rejected_ratio must be between 0 and 1")
    # CloudWatch evaluates an alarm over at most a week.
    if not 1 <= definition.alarms.fresh_within_hours <= 168:
        raise ValueError("alarms.fresh_within_hours must be from 1 to 168 (a week)")
    for name, (least, most) in _LAMBDA_LIMITS.items() if definition.function else ():
        if not least <= getattr(definition.function, name) <= most:
            raise ValueError(f"function.{name} must be from {least} to {most}")
    _check_arguments(definition, pipeline)


def _check_arguments(definition: JobDefinition, pipeline: Pipeline) -> None:
    known = {option.name: option for option in options_of(pipeline.options)}
    for name, text in definition.arguments.items():
        if name not in known:
            raise ValueError(f"arguments.{name}: the job has no such argument")
        template = Template(text)
        if not template.is_valid() or set(template.get_identifiers()) - set(PLACES):
            places = ", ".join(f"${{{place}}}" for place in PLACES)
            raise ValueError(f"arguments.{name} is {text!r}; it may contain {places}")
    for name, argument in known.items():
        if argument.is_required and name not in definition.arguments:
            raise ValueError(f"arguments.{name} is missing; the job requires it")
