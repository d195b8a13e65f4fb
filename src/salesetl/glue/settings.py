"""Turn the definition of a job into its settings on Glue, for the API and for CloudFormation."""

from dataclasses import dataclass
from string import Template
from typing import Any

from salesetl.glue.definitions import GLUE_VERSIONS, JobDefinition
from salesetl.glue.release import code_file, modules_file
from salesetl.registry import pipeline_of_job
from salesetl.spark_settings import MEANING

APPLICATION = "salesetl"
# Arguments of jobs that name the places that are written.
_FIXED = ("--output_path", "--database")
_GLUE_ARGUMENTS = {
    # A run finds out itself what is already loaded, so it is safe to run again.
    "--job-bookmark-option": "job-bookmark-disable",
    "--enable-auto-scaling": "true",
    "--enable-metrics": "true",
    "--enable-observability-metrics": "true",
    "--enable-continuous-cloudwatch-log": "true",
    "--enable-spark-ui": "true",
}


@dataclass(frozen=True)
class Environment:
    """Where jobs run: the roots of raw data, lake and scripts on S3.

    `job_roles` is the beginning of the ARN of a job's role; the name of the job follows.
    """

    name: str
    raw: str
    lake: str
    scripts: str
    job_roles: str

    def database(self, pipeline: str) -> str:
        """Return the name of a pipeline's database in the Data Catalog."""
        return f"{APPLICATION}_{self.name}_{pipeline}"

    def job_name(self, job: str) -> str:
        """Return the name of a job on Glue."""
        return f"{APPLICATION}-{self.name}-{job}"

    def log_prefix(self, job: str) -> str:
        """Return the beginning of a job's log groups; `/output` or `/error` follows."""
        return f"/{APPLICATION}/{self.name}/{job}"


def job_settings(
    definition: JobDefinition, environment: Environment, prefix: str, version: str
) -> dict[str, Any]:
    """Return the settings of a job for CreateJob and for AWS::Glue::Job, without its tags.

    `prefix` is the path of the release on S3, `version` that of its code.
    """
    name = definition.name
    return {
        "Description": f"{name} of {APPLICATION}; to change it, edit jobs/{name}.toml and deploy",
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
        # Glue and CloudFormation leave the usual one out.
        **({"ExecutionClass": "FLEX"} if definition.execution_class == "FLEX" else {}),
        **_arguments(definition, environment, prefix, version),
    }


def job_tags(definition: JobDefinition, environment: Environment) -> dict[str, str]:
    """Return the tags of a job: those of its definition, and application and environment."""
    return {
        **definition.tags,
        "application": APPLICATION,
        "environment": environment.name,
    }


def conf_text(definition: JobDefinition) -> str:
    """Return all Spark settings as one `--conf`, because a job can have only one."""
    settings = MEANING | definition.spark
    return " --conf ".join(f"{name}={value}" for name, value in settings.items())


def _arguments(
    definition: JobDefinition, environment: Environment, prefix: str, version: str
) -> dict[str, dict[str, str]]:
    """Return the arguments of a job: those that a run may override, and those that it may not."""
    own = _own_arguments(definition, environment)
    fixed = {name: own.pop(name) for name in _FIXED if name in own}
    return {
        "DefaultArguments": {**_GLUE_ARGUMENTS, **own},
        "NonOverridableArguments": {
            **_fixed_arguments(definition, environment, prefix, version),
            **fixed,
        },
    }


def _fixed_arguments(
    definition: JobDefinition, environment: Environment, prefix: str, version: str
) -> dict[str, str]:
    """Return what code a job runs and where it logs: who starts a run decides on neither."""
    name = definition.name
    python = GLUE_VERSIONS[definition.glue_version]
    return {
        "--job-language": "python",
        "--scriptLocation": f"{prefix}/jobs/{name}.py",
        "--release": prefix,
        "--extra-py-files": f"{prefix}/{code_file(version)}",
        # They are in the release, so that a run starts without a network or an index.
        "--additional-python-modules": f"{prefix}/{modules_file(python)}",
        "--python-modules-installer-option": "--no-index",
        "--conf": conf_text(definition),
        "--custom-logGroup-prefix": environment.log_prefix(name),
        "--TempDir": f"{environment.scripts}/temp/{name}/",
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
