"""MiniStack: an AWS on this machine that has stacks, jobs, a Data Catalog and S3."""

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import pytest

# Where it is if not in the environment that `make test` makes.
PROGRAM = Path(
    os.environ.get("SALESETL_MINISTACK")
    or Path(__file__).parents[1] / ".venv-ministack/bin/ministack"
)


# The emulator lets no state machine start a job of Glue. An execution of this name gets an answer,
# as from a job that has succeeded.
ALL_RUN = "AllRun"
ANSWERS = {
    "StateMachines": {"salesetl-dev-chain": {"TestCases": {ALL_RUN: {"Run": "Ran"}}}},
    "MockedResponses": {"Ran": {"0-9": {"Return": {"JobRunState": "SUCCEEDED"}}}},
}


@contextmanager
def started(folder: Path) -> Iterator[str]:
    """Start it on a port that is free, with its log in a folder; its address."""
    if not PROGRAM.exists():
        pytest.fail(f"{PROGRAM} is not there: make .venv-ministack/.ready")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    answers = folder / "answers.json"
    answers.write_text(json.dumps(ANSWERS))
    settings = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "S3_PERSIST": "0",
        # Between the tries of a step there is no pause.
        "SFN_WAIT_SCALE": "0",
        "SFN_MOCK_CONFIG": str(answers),
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [PROGRAM],
            cwd=folder,
            env=os.environ | settings,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(process, address, folder / "log")
        yield address
    finally:
        # Asked to end, it would wait for connections that boto3 keeps open; it has nothing to keep.
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_ministack/health", timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"MiniStack ended at once: {log.read_text()}")


def point_at(patch: pytest.MonkeyPatch, address: str) -> None:
    """Set what boto3 looks at."""
    for name in (
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_ENDPOINT_URL_S3",
    ):
        patch.delenv(name, raising=False)
    patch.setenv("AWS_ENDPOINT_URL", address)
    patch.setenv("AWS_ACCESS_KEY_ID", "testing")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        patch.setenv(name, "eu-central-1")
