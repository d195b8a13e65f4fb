"""What the environments are pinned to is what setup.cfg asks for, with a hash for each file."""

import configparser
import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]


def extras() -> dict[str, list[Requirement]]:
    """Return what each extra asks for, with what it takes from others."""
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    section = config["options.extras_require"]
    return {
        name: [Requirement(line) for line in section[name].splitlines() if line]
        for name in section
    }


def environments() -> dict[str, list[str]]:
    """Return the extras of each lock, as the script that writes it says."""
    script = (ROOT / "scripts" / "lock.sh").read_text()
    found = re.findall(r"^lock ([a-z0-9-]+) ([a-z0-9,-]+)", script, re.MULTILINE)
    return {name: names.split(",") for name, names in found}


@pytest.mark.parametrize(("name", "names"), environments().items())
def test_a_lock_has_all_that_is_asked_for(name: str, names: list[str]) -> None:
    lock = (ROOT / "requirements" / f"{name}.txt").read_text()
    pinned = dict(
        re.findall(r"^([a-zA-Z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)", lock, re.MULTILINE)
    )
    wanted = [each for extra in names for each in extras()[extra]]

    assert wanted
    for each in wanted:
        version = pinned[re.sub(r"[._]", "-", each.name).lower()]
        assert each.specifier.contains(version), f"{each}: run make lock"


@pytest.mark.parametrize(("name", "names"), environments().items())
def test_every_pin_of_a_lock_has_hashes_and_names_no_index(
    name: str, names: list[str]
) -> None:
    lock = (ROOT / "requirements" / f"{name}.txt").read_text()

    pins = re.findall(r"^\S+==.*(?:\n    --hash=.*)*", lock, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^\S+==", lock, re.MULTILINE))
    # What is asked for, and what that needs.
    assert len(pins) > len({each.name for extra in names for each in extras()[extra]})
    assert all("--hash=sha256:" in pin for pin in pins)
    assert "://" not in lock


def test_every_environment_is_made_from_its_lock() -> None:
    makefile = (ROOT / "Makefile").read_text()
    packaging = (ROOT / "scripts" / "package.sh").read_text()

    for name, names in environments().items():
        if f"requirements/{name}.txt" in packaging:
            # It is no environment here: Glue makes its own from what is packaged.
            continue
        made = f"{','.join(names)} requirements/{name}.txt"
        assert re.search(rf"scripts/setup.sh \$\(\w+\) {re.escape(made)}\n", makefile)
