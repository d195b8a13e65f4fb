"""An environment on the emulated AWS: a stack with buckets as outputs, and Glue as it behaves."""

import json
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.core.responses import ActionResult
from moto.glue.models import FakeJob, GlueBackend
from moto.glue.responses import GlueResponse

from salesetl.cloudformation.environments import environment_of
from salesetl.glue.definitions import JobDefinition, job_definition
from salesetl.glue.release import Release
from salesetl.glue.settings import Environment

ROOT = Path(__file__).parents[2]

# What UpdateJob may set, as moto names it, and what a job has where it is left out.
_UPDATED: dict[str, tuple[str, Any]] = {
    "Description": ("description", ""),
    "Role": ("role", None),
    "Command": ("command", None),
    "ExecutionProperty": ("execution_property", {}),
    "DefaultArguments": ("default_arguments", {}),
    "NonOverridableArguments": ("non_overridable_arguments", None),
    "Connections": ("connections", None),
    "MaxRetries": ("max_retries", 0),
    "Timeout": ("timeout", 480),
    "SecurityConfiguration": ("security_configuration", None),
    "NotificationProperty": ("notification_property", None),
    "GlueVersion": ("glue_version", None),
    "NumberOfWorkers": ("number_of_workers", None),
    "WorkerType": ("worker_type", None),
}


def _update_job(self: GlueResponse) -> ActionResult:
    """Do what moto lacks: UpdateJob writes a job anew, and drops what it is not given."""
    backend: GlueBackend = self.glue_backend
    job: FakeJob = backend.get_job(self._get_param("JobName"))
    update: dict[str, Any] = self._get_param("JobUpdate")
    assert set(update) <= set(_UPDATED), set(update) - set(_UPDATED)
    for name, (attribute, default) in _UPDATED.items():
        setattr(job, attribute, update.get(name, default))
    return ActionResult({"JobName": job.name})


@pytest.fixture
def aws(s3_root: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Point the environment at the server, whose Glue can update jobs."""
    monkeypatch.setattr(GlueResponse, "update_job", _update_job, raising=False)
    yield


@pytest.fixture
def environment(aws: None) -> Iterator[Environment]:
    """Make the stack of an environment of its own; its buckets are there, its roles are not."""
    name = f"t{uuid.uuid4().hex[:8]}"
    buckets = {kind: f"{kind}-{name}" for kind in ("raw", "processed", "scripts")}
    outputs = {f"{kind.capitalize()}Bucket": bucket for kind, bucket in buckets.items()}
    outputs["JobRoles"] = f"arn:aws:iam::123456789012:role/{name}-"
    template = {
        "Resources": {
            kind.capitalize(): {
                "Type": "AWS::S3::Bucket",
                "Properties": {"BucketName": bucket},
            }
            for kind, bucket in buckets.items()
        },
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    stacks = boto3.client("cloudformation")
    stacks.create_stack(StackName=f"salesetl-{name}", TemplateBody=json.dumps(template))
    yield environment_of(name)
    glue = boto3.client("glue")
    for job in glue.get_jobs()["Jobs"]:
        glue.delete_job(JobName=job["Name"])


@pytest.fixture
def definition() -> JobDefinition:
    """Return the definition of a job as it is."""
    return job_definition(str(ROOT), "enrich_sales")


def release_at(folder: Path, version: str, code: str = "x") -> Release:
    """Make a small release of a version."""
    archive = folder / version / f"salesetl-{version}.zip"
    script = folder / version / "enrich_sales.py"
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.write_text(code)
    script.write_text(f"# {code}")
    return Release(version, {archive.name: archive, "jobs/enrich_sales.py": script})


def built_at(root: Path) -> None:
    """Write the definitions of the jobs, and what a release is made of, below a root."""
    shutil.copytree(ROOT / "jobs", root / "jobs")
    shutil.copytree(ROOT / "jobs", root / "dist" / "jobs")
    for name in (
        "salesetl-0.1.0-py3-none-any.whl",
        "salesetl-0.1.0.zip",
        "salesetl-modules-python3.11.gluewheels.zip",
        "salesetl-modules-python3.13.gluewheels.zip",
    ):
        (root / "dist" / name).write_text(name)
