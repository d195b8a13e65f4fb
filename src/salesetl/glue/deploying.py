"""Deploy jobs with a release, and roll them back to an earlier deployment."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from salesetl.errors import AwsError, InputError
from salesetl.glue.definitions import JobDefinition
from salesetl.glue.jobs import Difference, apply_settings, differences, find_job
from salesetl.glue.release import Release, is_complete, release_path, upload
from salesetl.glue.settings import Environment, job_settings, job_tags
from salesetl.runs import timestamp_text
from salesetl.storage import join, storage_of

_KEPT = 50
_TRIES = 5

History = list[dict[str, Any]]


@dataclass(frozen=True)
class Plan:
    """The wanted settings of a job and how they differ from Glue; `found` is None for a new job."""

    job: str
    wanted: dict[str, Any]
    found: dict[str, Any] | None
    changes: list[Difference]


def plan_deploy(
    definition: JobDefinition, environment: Environment, release: Release
) -> Plan:
    """Compare a job on Glue with its definition and a release. Change nothing."""
    prefix = release_path(environment.scripts, release.name)
    settings = job_settings(definition, environment, prefix, release.version)
    return _plan(
        environment.job_name(definition.name),
        {**settings, "Tags": job_tags(definition, environment)},
    )


def deploy(plan: Plan, environment: Environment, release: Release) -> None:
    """Upload the release, then change the job, then record the deployment.

    If a deploy is killed, the job runs either the old or the new release. Run the same deploy
    again to finish it.
    """
    upload(release, environment.scripts)
    if plan.changes:
        apply_settings(plan.job, plan.wanted, is_new=plan.found is None)
    _record(environment, plan, is_rollback=False)


def plan_rollback(job: str, environment: Environment) -> Plan:
    """Find the settings of a job before its last deploy.

    AwsError if no earlier deployment is recorded or its release is not complete.
    """
    name = environment.job_name(job)
    found = find_job(name)
    if found is None:
        raise AwsError(f"{name}: there is no such job; run make deploy-job JOB={job}")
    history = _history(_record_path(environment, name))
    place = _place(history, found)
    if place == 0 or not history:
        raise AwsError(
            f"{name}: no earlier deployment is recorded; nothing was changed"
        )
    # If the job was changed by hand, go back to the last deployment.
    earlier = history[-1 if place is None else place - 1]["settings"]
    prefix = str(earlier["Command"]["ScriptLocation"]).rpartition("/jobs/")[0]
    if not is_complete(prefix):
        raise AwsError(
            f"{prefix}: files of this release are missing; nothing was changed"
        )
    return _plan(name, earlier)


def roll_back(plan: Plan, environment: Environment) -> None:
    """Give a job its earlier settings, and remove later deployments from the record.

    The record is changed first. If a rollback is killed after that, the settings of the job are not
    in the record, and another rollback goes to the same deployment.
    """
    _record(environment, plan, is_rollback=True)
    if plan.changes:
        apply_settings(plan.job, plan.wanted, is_new=False)


def _plan(name: str, wanted: dict[str, Any]) -> Plan:
    found = find_job(name)
    return Plan(name, wanted, found, differences(wanted, found))


def _record_path(environment: Environment, name: str) -> str:
    return join(environment.scripts, "deployments", f"{name}.json")


def _history(path: str) -> History:
    found = storage_of(path).files(path)
    return _decode(path, storage_of(path).read(path)) if found else []


def _decode(path: str, content: bytes | None) -> History:
    try:
        return list(json.loads(content)["deployments"]) if content else []
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{path}: this is not a record of deployments; remove the file"
        ) from error


def _place(history: History, found: dict[str, Any] | None) -> int | None:
    """Return the last deployment with the settings of a job; None if it was changed since."""
    places = [
        place
        for place, entry in enumerate(history)
        if found is not None and not differences(_comparable(entry, found), found)
    ]
    return places[-1] if places else None


def _comparable(entry: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    # A setting that the service does not return cannot be compared.
    return {name: value for name, value in entry["settings"].items() if name in found}


def _record(environment: Environment, plan: Plan, *, is_rollback: bool) -> None:
    """Write the wanted settings as the last entry of the record.

    A deploy adds them after the former settings. A rollback removes the former settings and all
    later entries first.
    """
    path = _record_path(environment, plan.job)

    def change(content: bytes | None) -> bytes:
        history = _decode(path, content)
        if not history and plan.found:
            # CloudFormation created the job.
            history = [_entry(plan.found)]
        before = _place(history, plan.found)
        if before is not None:
            history = history[: before if is_rollback else before + 1]
        if not history or differences(plan.wanted, history[-1]["settings"]):
            history = [*history, _entry(plan.wanted)][-_KEPT:]
        return json.dumps({"deployments": history}, indent=2).encode()

    for _ in range(_TRIES):
        if storage_of(path).update(path, change):
            return
    raise AwsError(
        f"{path}: another deploy keeps changing this file; run the command again"
    )


def _entry(settings: dict[str, Any]) -> dict[str, Any]:
    return {"deployed_at": timestamp_text(datetime.now(UTC)), "settings": settings}
