"""Runs dbt on a warehouse, as a process of its own."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess  # nosec B404
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from salesetl.errors import ModelError, SetupError
from salesetl.warehouses.warehouse import DbtTarget

logger = logging.getLogger(__name__)

# A link to the folder of the repository; the wheel has what it leads to.
PROJECT = Path(__file__).parents[1] / "dbt_project"

_TAG = "published"


def build(namespace: str, target: DbtTarget, as_of: date, folder: Path) -> list[str]:
    """Build and test the models of a pipeline, and return the names of the tables to publish.

    What dbt writes beside goes below a folder. ModelError names what failed.
    """
    words = [
        *("build", "--select", *_paths(namespace)),
        *("--vars", json.dumps({"as_of": as_of.isoformat()})),
    ]
    logger.info("building and testing the models of %s", namespace)
    done = _run(words, target, folder)
    results = _read(folder, "run_results.json")
    if done.returncode:
        raise ModelError(_failure(results, done, namespace))
    manifest = _read(folder, "manifest.json")
    nodes = [
        node
        for node in manifest.get("nodes", {}).values()
        if node["resource_type"] in ("model", "snapshot")
        and _TAG in node["tags"]
        and node["original_file_path"].split("/")[1] == namespace
    ]
    return sorted(node["alias"] for node in nodes)


def _paths(namespace: str) -> list[str]:
    """Select the models of a pipeline, and its snapshots if it has any."""
    kinds = ("models", "snapshots")
    return [
        f"path:{kind}/{namespace}"
        for kind in kinds
        if (PROJECT / kind / namespace).is_dir()
    ]


def _run(
    words: list[str], target: DbtTarget, folder: Path
) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        # Models of the lake are parsed too, but not built.
        "SALESETL_LAKE": os.environ.get("SALESETL_LAKE", ""),
        **target.environment,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DBT_TARGET_PATH": str(folder),
        "DBT_LOG_PATH": str(folder),
    }
    project = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    # No shell, and none of the words is from outside.
    return subprocess.run(  # nosec B603
        [
            _executable(),
            "--log-level",
            "warn",
            *words,
            *project,
            *("--target", target.name),
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
        f"{result['unique_id'].split('.')[2]} ({_first_line(result.get('message'))})"
        for result in results.get("results", [])
        if result["status"] in ("error", "fail", "runtime error")
    ]
    told = ", ".join(failed[:5]) or _first_line(done.stdout or done.stderr)
    more = f" and {len(failed) - 5} more" if len(failed) > 5 else ""
    return (
        f"the models of {namespace} failed: {told}{more}; nothing was published, readers go on"
        " seeing what was there"
    )


def _first_line(text: str | None) -> str:
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return ": ".join(lines[:2]) or "no message"
