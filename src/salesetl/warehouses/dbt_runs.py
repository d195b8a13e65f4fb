"""Runs dbt on a warehouse, as a process of its own."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess  # nosec B404
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from salesetl.errors import ModelError, SetupError
from salesetl.warehouses import dbt_cache
from salesetl.warehouses.dbt_models import PROJECT, paths_of
from salesetl.warehouses.warehouse import DbtTarget

logger = logging.getLogger(__name__)

_TAG = "published"
_FAILED = ("error", "fail", "runtime error")
# Of the name of a test, and of what it says.
_LONGEST = 200


@dataclass(frozen=True)
class DbtRun:
    """What dbt is run on: the models of a pipeline, a warehouse, and the day that they are as of.

    What dbt writes beside goes below `folder`.
    """

    namespace: str
    target: DbtTarget
    as_of: date
    folder: Path

    @property
    def all_models(self) -> tuple[str, ...]:
        """The words that select all models and snapshots, with their tests."""
        return ("--select", *(f"path:{each}" for each in paths_of(self.namespace)))


def build(run: DbtRun) -> None:
    """Build and test all models of a pipeline; ModelError names what failed."""
    logger.info("building and testing the models of %s", run.namespace)
    _succeed(run, "build", *run.all_models)


def run_tests(run: DbtRun) -> None:
    """Test all models of a pipeline, which are built already; ModelError names what failed."""
    logger.info("testing the models of %s", run.namespace)
    _succeed(run, "test", *run.all_models)


def build_model(run: DbtRun, model: str) -> None:
    """Build one model, with the tests that read no other; ModelError names what failed."""
    logger.info("building %s", model)
    _succeed(run, "build", "--select", model, "--indirect-selection", "cautious")


def served_tables(run: DbtRun) -> list[str]:
    """Return the names of the tables to publish, once models were built or tested."""
    nodes = _read(run.folder, "manifest.json").get("nodes", {}).values()
    return sorted(
        node["alias"]
        for node in nodes
        if node["resource_type"] in ("model", "snapshot")
        and _TAG in node["tags"]
        and node["original_file_path"].split("/")[1] == run.namespace
    )


def _succeed(run: DbtRun, *words: str) -> None:
    done = _run(run, *words)
    if done.returncode:
        results = _read(run.folder, "run_results.json")
        raise ModelError(_failure(results, done, run.namespace))


def _run(run: DbtRun, *words: str) -> subprocess.CompletedProcess[str]:
    with dbt_cache.parsed_before(run.folder, run.target.name):
        return _run_parsed(run, *words)


def _run_parsed(run: DbtRun, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        # Models of the lake are parsed too, but not built.
        "SALESETL_LAKE": os.environ.get("SALESETL_LAKE", ""),
        **run.target.environment,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_TARGET_PATH": str(run.folder),
        "DBT_LOG_PATH": str(run.folder),
    }
    variables = ["--vars", json.dumps({"as_of": run.as_of.isoformat()})]
    project = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    # No shell, and none of the words is from outside.
    return subprocess.run(  # nosec B603
        [
            _executable(),
            "--log-level",
            "warn",
            "--no-use-colors",
            *words,
            *variables,
            *project,
            *("--target", run.target.name),
        ],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _executable() -> str:
    """Find dbt: beside this Python, on the path, or where SALESETL_DBT says."""
    beside = Path(sys.executable).with_name("dbt")
    named = os.environ.get("SALESETL_DBT")
    found = named or (str(beside) if beside.exists() else shutil.which("dbt"))
    if not found:
        raise SetupError(
            "dbt is not installed: pip install 'salesetl[dbt]', or name the program in SALESETL_DBT"
        )
    return found


def _read(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return found


def _failure(
    results: Mapping[str, Any], done: subprocess.CompletedProcess[str], namespace: str
) -> str:
    failed = [
        f"{_short(result['unique_id'].split('.')[2])}"
        f" ({_short(_first_line(result.get('message')))})"
        for result in results.get("results", [])
        if result["status"] in _FAILED
    ]
    told = ", ".join(failed[:5]) or _first_line(done.stdout or done.stderr)
    more = f" and {len(failed) - 5} more" if len(failed) > 5 else ""
    return (
        f"the models of {namespace} failed: {told}{more}; nothing was published, readers go on"
        " seeing what was there"
    )


def _short(text: str) -> str:
    """Cut what is too long to read: the name of a test has all values that it accepts."""
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _first_line(text: str | None) -> str:
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return ": ".join(lines[:2]) or "no message"
