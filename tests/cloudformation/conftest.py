"""A stack on MiniStack, which really makes what a template of CloudFormation says."""

import re
from pathlib import Path

import pytest

from salesetl.cli import main
from tests.emulator import point_at

ROOT = Path(__file__).parents[2]
RELEASE = "0.5.0-0123456789ab"
ENV = "dev"


@pytest.fixture(autouse=True)
def environment(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Point a test at the server if it asks for it, whatever another has set."""
    if "ministack" in request.fixturenames:
        point_at(monkeypatch, request.getfixturevalue("ministack"))


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
