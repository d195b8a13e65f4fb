"""Jobs are deployed to match their definitions, twice like once, and can go back."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from salesetl.errors import AwsError
from salesetl.glue import deploying
from salesetl.glue.definitions import JobDefinition
from salesetl.glue.deploying import Plan, deploy, plan_deploy, plan_rollback, roll_back
from salesetl.glue.jobs import Difference, find_job
from salesetl.glue.release import (
    Release,
    code_file,
    is_complete,
    release_path,
    upload,
)
from salesetl.glue.settings import Environment
from salesetl.storage import storage_of
from salesetl.storage.s3 import S3Storage
from tests.glue.conftest import release_at


def deployed(
    definition: JobDefinition, environment: Environment, release: Release
) -> Plan:
    """Deploy, and return what that changed."""
    plan = plan_deploy(definition, environment, release)
    deploy(plan, environment, release)
    return plan


def rolled_back(environment: Environment) -> Plan:
    """Roll back, and return what that changed."""
    plan = plan_rollback("enrich_sales", environment)
    roll_back(plan, environment)
    return plan


def killed(*arguments: object, **options: object) -> None:
    """End as a process does that is killed there."""
    raise KeyboardInterrupt


def make_as_the_stack_does(
    definition: JobDefinition, environment: Environment, release: Release
) -> None:
    """Create the job past every deploy."""
    wanted = plan_deploy(definition, environment, release).wanted
    name = environment.job_name("enrich_sales")
    boto3.client("glue").create_job(Name=name, **wanted)


def settings(environment: Environment) -> dict[str, Any]:
    """Return what the job is on Glue."""
    found = find_job(environment.job_name("enrich_sales"))
    assert found is not None
    return found


def workers(environment: Environment) -> int:
    """Return how many workers the job may have on Glue."""
    return int(settings(environment)["NumberOfWorkers"])


def test_a_job_is_created_as_its_definition_says(
    definition: JobDefinition, environment: Environment, tmp_path: Path
) -> None:
    release = release_at(tmp_path, "1.0")

    deployed(definition, environment, release)

    job = boto3.client("glue").get_job(
        JobName=f"salesetl-{environment.name}-enrich_sales"
    )
    found = job["Job"]
    prefix = f"{environment.scripts}/releases/{release.name}"
    assert found["GlueVersion"] == definition.glue_version
    assert (found["WorkerType"], found["NumberOfWorkers"]) == ("G.1X", 10)
    assert found["Timeout"] == 60
    assert found["NotificationProperty"] == {"NotifyDelayAfter": 30}
    assert found["ExecutionProperty"] == {"MaxConcurrentRuns": 1}
    assert found["MaxRetries"] == 1
    assert found["Command"]["ScriptLocation"] == f"{prefix}/jobs/enrich_sales.py"
    given, fixed = found["DefaultArguments"], found["NonOverridableArguments"]
    assert given["--job-bookmark-option"] == "job-bookmark-disable"
    assert given["--sales_path"] == f"{environment.raw}/sales/"
    assert fixed["--extra-py-files"] == f"{prefix}/salesetl-1.0.zip"
    assert fixed["--scriptLocation"] == found["Command"]["ScriptLocation"]
    assert fixed["--release"] == prefix
    assert fixed["--output_path"] == environment.lake
    assert "spark.sql.session.timeZone=UTC --conf spark." in fixed["--conf"]
    assert set(given) & set(fixed) == set()
    assert settings(environment)["Tags"] == {
        "application": "salesetl",
        "environment": environment.name,
        "pipeline": "sales",
    }
    assert is_complete(prefix)


def test_deploying_twice_changes_nothing(
    definition: JobDefinition, environment: Environment, tmp_path: Path
) -> None:
    release = release_at(tmp_path, "1.0")
    deployed(definition, environment, release)
    before = storage_of(environment.scripts).files(environment.scripts)

    plan = deployed(definition, environment, release)

    assert plan.changes == []
    assert storage_of(environment.scripts).files(environment.scripts) == before


def test_a_plan_shows_the_one_setting_that_differs_and_changes_nothing(
    definition: JobDefinition, environment: Environment, tmp_path: Path
) -> None:
    release = release_at(tmp_path, "1.0")
    deployed(definition, environment, release)

    plan = plan_deploy(replace(definition, workers=4), environment, release)

    assert plan.changes == [Difference("NumberOfWorkers", "10", "4")]
    assert workers(environment) == 10


def test_what_somebody_has_changed_by_hand_is_seen_and_mended_but_for_their_tags(
    definition: JobDefinition, environment: Environment, tmp_path: Path
) -> None:
    release = release_at(tmp_path, "1.0")
    deployed(definition, environment, release)
    name = environment.job_name("enrich_sales")
    changed = settings(environment)
    changed.pop("Tags")
    changed["Timeout"] = 2880
    changed["DefaultArguments"]["--max_rejected_ratio"] = "1"
    changed["Connections"] = {"Connections": ["elsewhere"]}
    glue = boto3.client("glue")
    glue.update_job(JobName=name, JobUpdate=changed)
    arn = f"arn:aws:glue:us-east-1:123456789012:job/{name}"
    glue.tag_resource(ResourceArn=arn, TagsToAdd={"owner": "finance"})

    plan = deployed(definition, environment, release)

    assert plan.changes == [
        Difference("Connections.Connections", "['elsewhere']", None),
        Difference("DefaultArguments.--max_rejected_ratio", "1", None),
        Difference("Timeout", "2880", "60"),
    ]
    assert plan_deploy(definition, environment, release).changes == []
    assert settings(environment)["Tags"]["owner"] == "finance"


def test_rolling_back_gives_a_job_its_former_settings_and_release(
    definition: JobDefinition, environment: Environment, tmp_path: Path
) -> None:
    first, second = release_at(tmp_path, "1.0"), release_at(tmp_path, "2.0")
    deployed(definition, environment, first)
    before = settings(environment)
    deployed(replace(definition, workers=4), environment, second)

    plan = rolled_back(environment)

    assert Difference("NumberOfWorkers", "4", "10") in plan.changes
    assert settings(environment) == before
    assert first.name in before["Command"]["ScriptLocation"]
    with pytest.raises(AwsError, match="no earlier deployment is recorded"):
        rolled_back(environment)


def test_what_was_rolled_back_is_not_what_is_rolled_back_to(
    definition: JobDefinition, environment: Environment, tmp_path: Path
) -> None:
    release = release_at(tmp_path, "1.0")
    for number in (2, 3):
        deployed(replace(definition, workers=number), environment, release)
    rolled_back(environment)
    deployed(replace(definition, workers=5), environment, release)

    rolled_back(environment)

    assert workers(environment) == 2


def test_a_job_that_was_changed_by_hand_goes_back_to_what_was_deployed(
    definition: JobDefinition, environment: Environment, tmp_path: Path
) -> None:
    deployed(definition, environment, release_at(tmp_path, "1.0"))
    by_hand = settings(environment) | {"NumberOfWorkers": 99}
    by_hand.pop("Tags")
    name = environment.job_name("enrich_sales")
    boto3.client("glue").update_job(JobName=name, JobUpdate=by_hand)

    rolled_back(environment)

    assert workers(environment) == 10


@pytest.mark.parametrize("step", ["upload", "apply_settings", "_record"])
def test_a_deploy_that_is_killed_leaves_the_old_job_or_the_new_and_is_done_again(
    definition: JobDefinition,
    environment: Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    old, new = release_at(tmp_path, "1.0"), release_at(tmp_path, "2.0")
    deployed(definition, environment, old)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(deploying, step, killed)
        deployed(definition, environment, new)

    prefix = settings(environment)["Command"]["ScriptLocation"].partition("/jobs/")[0]
    assert is_complete(prefix)
    deployed(definition, environment, new)
    assert new.name in settings(environment)["Command"]["ScriptLocation"]
    rolled_back(environment)
    assert old.name in settings(environment)["Command"]["ScriptLocation"]


def test_a_rollback_that_is_killed_before_the_job_changed_goes_to_the_same_place(
    definition: JobDefinition,
    environment: Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release = release_at(tmp_path, "1.0")
    for number in (2, 3, 4):
        deployed(replace(definition, workers=number), environment, release)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(deploying, "apply_settings", killed)
        rolled_back(environment)
    rolled_back(environment)

    assert workers(environment) == 3


def test_a_release_that_was_half_sent_is_sent_whole(
    definition: JobDefinition, environment: Environment, tmp_path: Path
) -> None:
    release = release_at(tmp_path, "1.0")
    prefix = release_path(environment.scripts, release.name)
    name = code_file(release.version)
    storage_of(prefix).write(f"{prefix}/{name}", release.files[name].read_bytes())
    assert not is_complete(prefix)

    deployed(definition, environment, release)

    assert is_complete(prefix)


def test_another_file_in_the_place_of_one_of_a_release_is_not_replaced(
    definition: JobDefinition, environment: Environment, tmp_path: Path
) -> None:
    release = release_at(tmp_path, "1.0")
    prefix = release_path(environment.scripts, release.name)
    path = f"{prefix}/{code_file(release.version)}"
    storage_of(prefix).write(path, b"something else")

    with pytest.raises(AwsError, match="another file is in its place"):
        deployed(definition, environment, release)

    assert storage_of(prefix).read(path) == b"something else"
    assert find_job(environment.job_name("enrich_sales")) is None


def test_files_of_a_release_are_only_ever_written_where_none_is(
    definition: JobDefinition,
    environment: Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[tuple[str, str | None]] = []
    ask = S3Storage._ask

    def note(self: S3Storage, operation: str, path: str, **asked: Any) -> Any:
        if operation == "put_object" and "/releases/" in path:
            written.append((path, asked.get("IfNoneMatch")))
        return ask(self, operation, path, **asked)

    monkeypatch.setattr(S3Storage, "_ask", note)
    release = release_at(tmp_path, "1.0")

    with ThreadPoolExecutor() as deploys:
        both = [deploys.submit(upload, release, environment.scripts) for _ in range(2)]
    assert [each.exception() for each in both] == [None, None]
    deployed(definition, environment, release)

    assert len({path for path, _ in written}) == len(release.files) + 1
    assert {condition for _, condition in written} == {"*"}


def test_nothing_is_rolled_back_to_a_release_that_somebody_has_removed(
    definition: JobDefinition, environment: Environment, tmp_path: Path
) -> None:
    old, new = release_at(tmp_path, "1.0"), release_at(tmp_path, "2.0")
    deployed(definition, environment, old)
    deployed(definition, environment, new)
    prefix = release_path(environment.scripts, old.name)
    storage_of(prefix).delete(f"{prefix}/{code_file(old.version)}")

    with pytest.raises(
        AwsError, match="files of this release are missing; nothing was"
    ):
        plan_rollback("enrich_sales", environment)


def test_a_job_that_the_stack_has_made_is_recorded_by_its_first_deploy(
    definition: JobDefinition, environment: Environment, tmp_path: Path
) -> None:
    release = release_at(tmp_path, "1.0")
    make_as_the_stack_does(definition, environment, release)

    plan = deployed(definition, environment, release)
    deployed(replace(definition, workers=4), environment, release)
    rolled_back(environment)

    assert plan.changes == []
    assert workers(environment) == 10


def test_the_first_deploy_can_be_taken_back_to_what_the_stack_has_made(
    definition: JobDefinition, environment: Environment, tmp_path: Path
) -> None:
    release = release_at(tmp_path, "1.0")
    make_as_the_stack_does(definition, environment, release)

    deployed(replace(definition, workers=4), environment, release)
    rolled_back(environment)

    assert workers(environment) == 10


def test_a_service_that_does_not_return_a_setting_does_not_hinder_going_back(
    definition: JobDefinition, environment: Environment, tmp_path: Path
) -> None:
    release = release_at(tmp_path, "1.0")
    for number in (2, 3):
        deployed(replace(definition, workers=number), environment, release)
    returned = settings(environment)
    for name in ("Tags", "NotificationProperty", "ExecutionProperty"):
        returned.pop(name)
    job = environment.job_name("enrich_sales")
    boto3.client("glue").update_job(JobName=job, JobUpdate=returned)

    rolled_back(environment)

    assert workers(environment) == 2
