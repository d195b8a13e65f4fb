"""From the definition of a job to the settings that Glue is given, by API or by CloudFormation."""

from dataclasses import dataclass
from string import Template
from typing import Any

from salesetl.glue.definitions import JobDefinition
from salesetl.registry import pipeline_of_job
from salesetl.spark_settings import MEANING

APPLICATION = "salesetl"


@dataclass(frozen=True)
class Environment:
    """Where jobs run: the roots of raw data, lake and scripts on S3.

    `job_roles` is what the ARNs of the roles of jobs begin with; the name of the job follows.
    """

    name: str
    raw: str
    lake: str
    scripts: str
    job_roles: str

    def database(self, pipeline: str) -> str:
        """What the Data Catalog calls the database of a pipeline."""
        return f"{APPLICATION}_{self.name}_{pipeline}"

    def job_name(self, job: str) -> str:
        """What Glue calls a job."""
        return f"{APPLICATION}-{self.name}-{job}"

    def log_prefix(self, job: str) -> str:
        """What the log groups of a job begin with; `/output` and `/error` follow."""
        return f"/{APPLICATION}/{self.name}/{job}"


def job_settings(
    definition: JobDefinition, environment: Environment, prefix: str, wheel: str
) -> dict[str, Any]:
    """Return the settings of a job, as both CreateJob and AWS::Glue::Job take them, but its tags.

    `prefix` is where the release is on S3, `wheel` the name of its wheel.
    """
    name = definition.name
    return {
        "Description": f"{name} of {APPLICATION}; change jobs/{name}.toml, then deploy",
        "Role": f"{environment.job_roles}{name}",
        "Command": {
            "Name": "glueetl",
            "PythonVersion": "3",
            "ScriptLocation": f"{prefix}/jobs/{name}.py",
        },
        "GlueVersion": definition.glue_version,
        "WorkerType": definition.worker_type,
        "NumberOfWorkers": definition.workers,
        "Timeout": definition.timeout_minutes,
        "NotificationProperty": {"NotifyDelayAfter": definition.notify_after_minutes},
        "MaxRetries": definition.max_retries,
        "ExecutionProperty": {"MaxConcurrentRuns": definition.max_concurrent_runs},
        "DefaultArguments": {
            **_glue_arguments(definition, environment, f"{prefix}/{wheel}"),
            **_own_arguments(definition, environment),
        },
    }


def job_tags(definition: JobDefinition, environment: Environment) -> dict[str, str]:
    """Return the tags of a job: its own, and those that tell application and environment."""
    return {
        **definition.tags,
        "application": APPLICATION,
        "environment": environment.name,
    }


def conf_text(definition: JobDefinition) -> str:
    """Write all Spark settings as the one `--conf` that a job may have."""
    settings = MEANING | definition.spark
    return " --conf ".join(f"{name}={value}" for name, value in settings.items())


def _glue_arguments(
    definition: JobDefinition, environment: Environment, wheel: str
) -> dict[str, str]:
    name = definition.name
    return {
        "--job-language": "python",
        "--extra-py-files": wheel,
        "--conf": conf_text(definition),
        "--TempDir": f"{environment.scripts}/temp/{name}/",
        # The run keeps books of its own, by which running again is safe.
        "--job-bookmark-option": "job-bookmark-disable",
        "--enable-auto-scaling": "true",
        "--enable-metrics": "true",
        "--enable-observability-metrics": "true",
        "--enable-continuous-cloudwatch-log": "true",
        "--custom-logGroup-prefix": environment.log_prefix(name),
        "--enable-spark-ui": "true",
        "--spark-event-logs-path": f"{environment.scripts}/spark-events/{name}/",
    }


def _own_arguments(
    definition: JobDefinition, environment: Environment
) -> dict[str, str]:
    pipeline = pipeline_of_job(definition.name).name
    places = {
        "raw": environment.raw,
        "lake": environment.lake,
        "database": environment.database(pipeline),
    }
    return {
        f"--{name}": Template(text).substitute(places)
        for name, text in definition.arguments.items()
    }
