"""The workflow is what GitHub takes, and gives away no more than it must."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
PATH = ROOT / ".github" / "workflows" / "salesetl.yml"
WORKFLOW: dict[str, Any] = yaml.load(PATH.read_text(), yaml.BaseLoader)
JOBS: dict[str, dict[str, Any]] = WORKFLOW["jobs"]


def run(program: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_it_has_the_form_of_a_workflow() -> None:
    beside = str(Path(sys.executable).parent)
    program = shutil.which(
        "check-jsonschema", path=f"{beside}{os.pathsep}{os.environ['PATH']}"
    )
    assert program, "check-jsonschema is not there: make setup"

    done = run(program, "--builtin-schema", "vendor.github-workflows", str(PATH))

    assert done.returncode == 0, done.stdout


def test_actionlint_finds_nothing_where_it_is_there() -> None:
    places = [os.environ["PATH"], str(Path.home() / "go" / "bin")]
    program = shutil.which("actionlint", path=os.pathsep.join(places))
    if program is None:
        pytest.skip("actionlint is a program of Go, which not every machine has")

    done = run(program, str(PATH))

    assert (done.stdout, done.returncode) == ("", 0)


def test_only_what_speaks_to_aws_may_ask_for_a_token() -> None:
    assert WORKFLOW["permissions"] == {"contents": "read"}
    with_token = {
        name
        for name, job in JOBS.items()
        if job.get("permissions", {}).get("id-token") == "write"
    }
    signing_in = {name for name, job in JOBS.items() if "configure-aws" in str(job)}

    assert with_token == signing_in == {"plan", "deploy"}
    assert all(
        set(job.get("permissions", {}).items())
        <= {("contents", "read"), ("id-token", "write")}
        for job in JOBS.values()
    )


def test_no_secret_is_read_and_every_action_is_pinned() -> None:
    text = PATH.read_text()

    assert "secrets." not in text
    assert "pull_request_target" not in text
    used = [
        step["uses"] for job in JOBS.values() for step in job["steps"] if "uses" in step
    ]
    assert used
    assert all(re.search(r"@[0-9a-f]{40}$", action) for action in used)
    # The release behind a commit is for those who read it.
    assert len(re.findall(r"@[0-9a-f]{40} # v\d+[.]\d+[.]\d+\n", text)) == len(used)


def test_a_tag_goes_to_prod_after_all_tests_and_nothing_else_does() -> None:
    deploy = JOBS["deploy"]

    assert deploy["if"] == "startsWith(github.ref, 'refs/tags/v')"
    assert deploy["environment"] == "prod"
    assert set(deploy["needs"]) == {"test", "check", "package"}
    assert JOBS["test"]["needs"] == "package"
    targets = JOBS["test"]["strategy"]["matrix"]["target"]
    assert targets == ["test", "test-spark4", "e2e"]
    deploying = [
        name
        for name, job in JOBS.items()
        for step in job["steps"]
        if re.search(r" deploy (?!.*--dry-run)", step.get("run", ""))
    ]
    assert deploying == ["deploy"]


def steps_of(job: str) -> list[str]:
    """Return what the steps of a job use or run."""
    return [step.get("uses", step.get("run", "")) for step in JOBS[job]["steps"]]


@pytest.mark.parametrize("job", ["plan", "deploy"])
def test_what_was_built_once_is_deployed_and_nothing_is_fetched_with_credentials(
    job: str,
) -> None:
    steps = steps_of(job)
    [signing_in] = [n for n, each in enumerate(steps) if "configure-aws" in each]
    before, after = steps[:signing_in], steps[signing_in + 1 :]

    assert "package" in JOBS[job]["needs"]
    assert any("download-artifact" in each for each in before)
    assert "make .venv/.embedded" in before
    # Make then takes dist/ as it is.
    assert after and all(each.startswith("make -o dist/RELEASE ") for each in after)
    building = [name for name in JOBS if "make package" in steps_of(name)]
    assert building == ["package"]


def test_what_is_deployed_is_what_the_whole_path_was_tested_with() -> None:
    [testing] = [step for step in JOBS["test"]["steps"] if "env" in step]

    assert any("download-artifact" in each for each in steps_of("test"))
    assert testing["env"] == {"SALESETL_DIST": "${{ github.workspace }}/dist"}


def test_a_fault_that_was_published_overnight_does_not_stop_a_hotfix() -> None:
    auditing = {
        name
        for name, job in JOBS.items()
        for step in job["steps"]
        if "audit" in step.get("run", "")
    }

    assert auditing == {"audit"}
    waited_for = [name for job in JOBS.values() for name in job.get("needs", [])]
    assert "audit" not in waited_for
    assert "audit" not in str(JOBS["test"])


def test_main_is_tested_and_audited_every_week_and_no_more() -> None:
    [entry] = WORKFLOW["on"]["schedule"]
    unconditional = {name for name, job in JOBS.items() if "if" not in job}

    minute, hour, day, month, weekday = entry["cron"].split()
    assert minute.isdigit() and hour.isdigit() and weekday.isdigit()
    assert (day, month) == ("*", "*")
    assert unconditional == {"package", "test", "check", "audit"}
    # A scheduled run is of the default branch: neither a tag nor a pull request.
    assert "github.event_name == 'pull_request'" in JOBS["plan"]["if"]
    assert "refs/tags/v" in JOBS["deploy"]["if"]


def test_its_make_targets_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    commands = [step.get("run", "") for job in JOBS.values() for step in job["steps"]]

    named = {
        name
        for text in commands
        for name in re.findall(r"^make (?:-o dist/RELEASE )?([a-z0-9-]+)", text)
    }
    assert {"check", "package", "infra-plan", "deploy"} <= named
    assert [name for name in named if f"\n{name}:" not in makefile] == []
