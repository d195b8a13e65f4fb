"""Read a job on Glue, compare it with the wanted settings, and change it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from salesetl.aws import aws_errors, client

# Fields that Glue adds itself or derives from other settings.
_NOT_SETTINGS = {
    "Name",
    "CreatedOn",
    "LastModifiedOn",
    "AllocatedCapacity",
    "MaxCapacity",
    "ProfileName",
    "JobMode",
    "Tags",
}
# Values that Glue returns for settings that were never set.
_DEFAULTS: dict[str, Any] = {
    "ExecutionClass": "STANDARD",
    "JobRunQueuingEnabled": False,
}

_RELEASE = re.compile(r"/releases/([^/]+)/")
_UNDER_WAY = ("WAITING", "STARTING", "RUNNING", "STOPPING")


@dataclass(frozen=True)
class Difference:
    """A setting of a job that differs from the wanted one. None means that it is not set."""

    setting: str
    found: str | None
    wanted: str | None


def find_job(name: str) -> dict[str, Any] | None:
    """Return the settings of a job on Glue with its tags; None if there is no such job."""
    glue = client("glue")
    with aws_errors(name):
        try:
            job = glue.get_job(JobName=name)["Job"]
        except glue.exceptions.EntityNotFoundException:
            return None
        arn = _arn(name, glue.meta.region_name)
        tags = glue.get_tags(ResourceArn=arn).get("Tags", {})
    settings = {
        key: value
        for key, value in job.items()
        if key not in _NOT_SETTINGS
        and value not in ("", {}, [], None, _DEFAULTS.get(key))
    }
    return {**settings, "Tags": tags}


def differences(
    wanted: Mapping[str, Any], found: Mapping[str, Any] | None
) -> list[Difference]:
    """List the settings that differ. Tags that others have added to a job do not count."""
    have = _flat(found or {})
    want = _flat(wanted)
    return [
        Difference(name, have.get(name), want.get(name))
        for name in sorted({*have, *want})
        if have.get(name) != want.get(name)
        and (name in want or not name.startswith("Tags."))
    ]


def apply_settings(name: str, wanted: Mapping[str, Any], *, is_new: bool) -> None:
    """Create or update a job. An update is one request, and one more for the tags."""
    settings = {key: value for key, value in wanted.items() if key != "Tags"}
    glue = client("glue")
    with aws_errors(name):
        if is_new:
            glue.create_job(Name=name, Tags=wanted["Tags"], **settings)
            return
        glue.update_job(JobName=name, JobUpdate=settings)
        arn = _arn(name, glue.meta.region_name)
        glue.tag_resource(ResourceArn=arn, TagsToAdd=wanted["Tags"])


def running_release(name: str) -> str | None:
    """Return the release that a job runs; None if there is no such job."""
    found = find_job(name)
    release = _RELEASE.search(found["Command"]["ScriptLocation"]) if found else None
    return release[1] if release else None


def runs_under_way(name: str) -> list[str]:
    """Return the runs of a job that have not ended, each with the name of the job."""
    glue = client("glue")
    with aws_errors(name):
        try:
            pages = list(glue.get_paginator("get_job_runs").paginate(JobName=name))
        except glue.exceptions.EntityNotFoundException:
            # Somebody deleted the job by hand, or an earlier delete of its stack did.
            return []
    return [
        f"{name} ({run['Id']})"
        for page in pages
        for run in page["JobRuns"]
        if run["JobRunState"] in _UNDER_WAY
    ]


def _flat(settings: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for key, value in settings.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{key}.")
        else:
            flat[f"{prefix}{key}"] = str(value)
    return flat


def _arn(name: str, region: str) -> str:
    identity = client("sts").get_caller_identity()
    partition = identity["Arn"].split(":")[1]
    return f"arn:{partition}:glue:{region}:{identity['Account']}:job/{name}"
