"""A stack on MiniStack, which really makes what a template of CloudFormation says."""

import re
import shutil
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
    """Make the stacks of the environment `dev`, which tests look at; its address."""
    with pytest.MonkeyPatch.context() as patch:
        point_at(patch, ministack)
        infra("deploy", "--release", RELEASE)
    return ministack


def infra(command: str, *words: str, env: str = ENV, root: Path = ROOT) -> None:
    """Run `salesetl infra` with the templates of the repository, or with others."""
    place = [] if command == "delete" else ["--root", str(root)]
    main(["infra", command, "--env", env, *place, *words])


def error_of(
    capsys: pytest.CaptureFixture[str],
    command: str,
    *words: str,
    env: str = ENV,
    root: Path = ROOT,
) -> str:
    """Run `salesetl infra`, which must fail with one line; what it says."""
    with pytest.raises(SystemExit) as ended:
        infra(command, *words, env=env, root=root)
    assert ended.value.code not in (0, None)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1, lines
    message = re.fullmatch(r"salesetl: error: (.*)", lines[0])
    assert message
    return message[1]


def with_templates(folder: Path, old: str, new: str) -> Path:
    """Write the templates below a folder with a text replaced wherever it is; the folder."""
    shutil.copytree(ROOT / "infra", folder / "infra", dirs_exist_ok=True)
    found = 0
    for path in (folder / "infra").rglob("*.yaml"):
        text = path.read_text()
        found += text.count(old)
        path.write_text(text.replace(old, new))
    assert found
    return folder
