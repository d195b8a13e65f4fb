"""MiniStack, which really makes what a template of CloudFormation says."""

import os
import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

from salesetl.cli import main

ROOT = Path(__file__).parents[2]
# Where it is if not in the environment that `make test` makes.
PROGRAM = Path(
    os.environ.get("SALESETL_MINISTACK") or ROOT / ".venv-ministack/bin/ministack"
)
RELEASE = "0.5.0-0123456789ab"
ENV = "dev"


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start it on a port that is free; its address."""
    if not PROGRAM.exists():
        pytest.fail(f"{PROGRAM} is not there: make .venv-ministack/.ready")
    folder = tmp_path_factory.mktemp("ministack")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "S3_PERSIST": "0"}
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


@pytest.fixture(autouse=True)
def environment(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Point a test at the server if it asks for it, whatever another has set."""
    if "ministack" in request.fixturenames:
        point_at(monkeypatch, request.getfixturevalue("ministack"))


def point_at(patch: pytest.MonkeyPatch, address: str) -> None:
    """Set what boto3 looks at."""
    for name in (
        "AWS_PROFILE",
        "AWS_SESSION_TOKEN",
        "AWS_ENDPOINT_URL_S3",
        "AWS_REGION",
    ):
        patch.delenv(name, raising=False)
    patch.setenv("AWS_ENDPOINT_URL", address)
    patch.setenv("AWS_ACCESS_KEY_ID", "testing")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    patch.setenv("AWS_DEFAULT_REGION", "eu-central-1")


@pytest.fixture(scope="session")
def deployed(ministack: str) -> str:
    """Make the stack of the environment `dev`, which tests look at; its address."""
    with pytest.MonkeyPatch.context() as patch:
        point_at(patch, ministack)
        infra("deploy", "--release", RELEASE)
    return ministack


def infra(
    command: str, *words: str, env: str = ENV, template: Path | None = None
) -> None:
    """Run `salesetl infra` on the template of the repository, or on another."""
    path = (
        []
        if command == "delete"
        else ["--template", str(template or ROOT / "infra/salesetl.yaml")]
    )
    main(["infra", command, "--env", env, *path, *words])


def error_of(
    capsys: pytest.CaptureFixture[str],
    command: str,
    *words: str,
    env: str = ENV,
    template: Path | None = None,
) -> str:
    """Run `salesetl infra`, which must fail with one line; what it says."""
    with pytest.raises(SystemExit) as ended:
        infra(command, *words, env=env, template=template)
    assert ended.value.code not in (0, None)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    told = re.fullmatch(r"salesetl: error: (.*)", lines[0])
    assert told
    return told[1]
