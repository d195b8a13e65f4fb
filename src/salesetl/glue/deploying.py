"""Deploying jobs, each with its release, and rolling back to what ran before."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from salesetl.errors import AwsError, InputError
from salesetl.glue.definitions import JobDefinition
from salesetl.glue.jobs import Difference, apply_settings, differences, find_job
from salesetl.glue.release import Release, is_whole, release_path, upload
from salesetl.glue.settings import Environment, job_settings, job_tags
from salesetl.runs import timestamp_text
from salesetl.storage import join, storage_of

_KEPT = 50
_TRIES = 5

History = list[dict[str, Any]]


@dataclass(frozen=True)
class Plan:
    """What a job should be and how it differs from what it is; `found` is None if it is new."""

    job: str
    wanted: dict[str, Any]
    found: dict[str, Any] | None
    changes: list[Difference]


def plan_deploy(
    definition: JobDefinition, environment: Environment, release: Release
) -> Plan:
    """Compare a job on Glue with its definition and a release; changes nothing."""
    prefix = release_path(environment.scripts, release.name)
    settings = job_settings(definition, environment, prefix, release.wheel)
    return _plan(
        environment.job_name(definition.name),
        {**settings, "Tags": job_tags(definition, environment)},
    )


def deploy(plan: Plan, environment: Environment, release: Release) -> None:
    """Carry out a plan: first the release, whole, then the job, then the record of it.

    Killed at any point, the job runs the old release or the new one, and the same deploy again
    does what is left.
    """
    upload(release, environment.scripts)
    if plan.changes:
        apply_settings(plan.job, plan.wanted, is_new=plan.found is None)
    _record(environment, plan, is_rollback=False)


def plan_rollback(job: str, environment: Environment) -> Plan:
    """Find what a job was before the last deploy; AwsError if that is not known or not there."""
    name = environment.job_name(job)
    found = find_job(name)
    if found is None:
        raise AwsError(f"{name}: there is no such job; make deploy-job JOB={job}")
    history = _history(_record_path(environment, name))
    place = _place(history, found)
    if place == 0 or not history:
        raise AwsError(
            f"{name}: no earlier deployment is recorded; nothing was changed"
        )
    # What was changed by hand is left by going back to what was deployed last.
    earlier = history[-1 if place is None else place - 1]["settings"]
    prefix = str(earlier["Command"]["ScriptLocation"]).rpartition("/jobs/")[0]
    if not is_whole(prefix):
        raise AwsError(
            f"{prefix}: this release is no longer whole; nothing was changed"
        )
    return _plan(name, earlier)


def roll_back(plan: Plan, environment: Environment) -> None:
    """Make a job what it was, and forget what was deployed after that.

    The record comes first: killed after it, the job runs what is not recorded, and rolling back
    again goes to the same place.
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
        raise InputError(f"{path}: not a record of deployments; remove it") from error


def _place(history: History, found: dict[str, Any] | None) -> int | None:
    """Return which deployment a job is as it was left by; None if it was changed since."""
    places = [
        place
        for place, entry in enumerate(history)
        if found is not None and not differences(_answered(entry, found), found)
    ]
    return places[-1] if places else None


def _answered(entry: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    # A service that keeps a setting to itself says nothing of whether that was changed.
    return {name: value for name, value in entry["settings"].items() if name in found}


def _record(environment: Environment, plan: Plan, *, is_rollback: bool) -> None:
    """Let what the job is to be stand after what it was before, or last after going back."""
    path = _record_path(environment, plan.job)

    def change(content: bytes | None) -> bytes:
        history = _decode(path, content)
        if not history and plan.found:
            # The stack has made it.
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
    raise AwsError(f"{path}: others keep changing it; run the same again")


def _entry(settings: dict[str, Any]) -> dict[str, Any]:
    return {"deployed_at": timestamp_text(datetime.now(UTC)), "settings": settings}
