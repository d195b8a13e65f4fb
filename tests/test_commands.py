"""Every command in the README and the runbook works as it is written there."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from salesetl.registry import namespaces
from salesetl.runs import read_reports
from salesetl.storage import storage_of
from tests.jobs.uci import write_online_retail

ROOT = Path(__file__).parents[1]
PAGES = [
    "README.md",
    "docs/runbook.md",
    "docs/source-profiles.md",
    "docs/warehouse.md",
]

# The gate runs both itself, and the second runs this test.
LEFT_OUT = {"make check", "make test"}

# A line, or the lines of a file that a command is given.
COMMAND = re.compile(r"^.*<<'(\w+)'\n(?s:.*?)^\1$|^.+$", re.MULTILINE)


def commands_of(page: str) -> list[str]:
    """Return the commands in the `sh` blocks of a page, in order."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    found = (match[0] for block in blocks for match in COMMAND.finditer(block))
    return [command for command in found if command not in LEFT_OUT]


@pytest.mark.slow
def test_the_commands_of_all_pages_work_one_after_the_other(clone: Path) -> None:
    # A reader's shell knows nothing of what the session of the tests has set.
    environment = {k: v for k, v in os.environ.items() if k != "PYSPARK_PYTHON"}
    # As in the data set itself, few lines are faulty.
    write_online_retail(clone / "online_retail.csv", sound_lines=400)

    for page in PAGES:
        for command in commands_of(page):
            if "RUN_ID" in command:
                command = command.replace("RUN_ID", last_rejecting_run(clone))
            done = subprocess.run(
                command,
                shell=True,
                cwd=clone,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )

            assert (
                done.returncode == 0
            ), f"{page}: {command}\n{done.stdout}\n{done.stderr}"
            if "profile suggest data/own" in command:
                suggested = (clone / "data" / "own" / "till.toml").read_text()
                assert f"```toml\n{suggested}```" in (ROOT / page).read_text()
            if command == "make demo":
                assert "enrich_sales succeeded" in done.stdout
                assert "WARN" not in done.stderr.replace("WARNING: Using incubator", "")


def last_rejecting_run(clone: Path) -> str:
    """Return the id of the last run in the lake that rejected sales."""
    lake = str(clone / "data/lake")
    rejecting = [
        report.run_id
        for report in read_reports(storage_of(lake), lake, namespaces())
        if report.rows_quarantined and report.job == "enrich_sales"
    ]
    return rejecting[-1]


def test_every_target_that_a_page_names_is_there() -> None:
    named = {
        name
        for page in [*PAGES, "docs/aws.md"]
        for name in re.findall(
            r"(?:`|^)make ([a-z0-9-]+)", (ROOT / page).read_text(), re.MULTILINE
        )
    }
    there = set(
        re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    )

    assert "demo" in named
    assert named <= there
