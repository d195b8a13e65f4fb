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
    assert all(re.search(r"@v\d+", action) for action in used)


def test_a_tag_goes_to_prod_after_all_tests_and_nothing_else_does() -> None:
    deploy = JOBS["deploy"]

    assert deploy["if"] == "startsWith(github.ref, 'refs/tags/v')"
    assert deploy["environment"] == "prod"
    assert set(deploy["needs"]) == {"test", "check", "package"}
    targets = JOBS["test"]["strategy"]["matrix"]["target"]
    assert targets == ["test", "test-spark4", "e2e"]
    deploying = [
        name
        for name, job in JOBS.items()
        for step in job["steps"]
        if re.search(r"deploy(?!.*--dry-run)", step.get("run", ""))
    ]
    assert deploying == ["deploy"]


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
    assert unconditional == {"test", "check", "audit"}
    # A scheduled run is of the default branch: neither a tag nor a pull request.
    assert JOBS["package"]["if"] == "github.event_name != 'schedule'"
    assert "github.event_name == 'pull_request'" in JOBS["plan"]["if"]
    assert "refs/tags/v" in JOBS["deploy"]["if"]


def test_its_make_targets_are_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    commands = [step.get("run", "") for job in JOBS.values() for step in job["steps"]]

    named = {
        name for text in commands for name in re.findall(r"^make ([a-z0-9-]+)", text)
    }
    assert {"check", "package", "infra-plan", "deploy"} <= named
    assert [name for name in named if f"\n{name}:" not in makefile] == []
