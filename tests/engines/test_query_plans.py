"""Plans of queries outlive the process, and cost nothing but time where they cannot."""

import os
import subprocess
import sys
from collections import OrderedDict
from pathlib import Path

import pytest

from generators.__main__ import main as generate
from salesetl.engines import query_plans
from salesetl.engines.query_plans import Parameter, known_from_earlier, plan

_IMPORTED = """
import runpy, sys
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
print(*({"sqlframe", "pandas"} & set(sys.modules)))
"""


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Keep plans below a folder of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "salesetl" / "plans"


@pytest.fixture(autouse=True)
def process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without plans."""
    new_process(monkeypatch)


def new_process(patch: pytest.MonkeyPatch) -> None:
    """Forget all plans."""
    patch.setattr(query_plans, "_plans", OrderedDict())


def made(text: str) -> str:
    """Make a plan of a text and a table, or take the one that there is."""
    parameter = Parameter(query_plans.unique_name("text"), "it's")
    query = f"select '{parameter.mark}', {text}"
    return plan("key", [parameter], lambda: query)


def test_a_plan_is_known_to_the_next_run_of_its_job(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with known_from_earlier("job"):
        assert made("1") == "select 'it''s', 1"

    new_process(monkeypatch)
    with known_from_earlier("job"):
        assert made("2") == "select 'it''s', 1"
    new_process(monkeypatch)
    with known_from_earlier("other_job"):
        assert made("3") == "select 'it''s', 3"


def test_a_run_that_fails_keeps_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="fails"), known_from_earlier("job"):
        made("1")
        raise ValueError("fails")

    new_process(monkeypatch)
    with known_from_earlier("job"):
        assert made("2") == "select 'it''s', 2"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"\xff\xfe", b"null", b"5\n{}", b'{"key": "select 7"}']
)
def test_a_damaged_cache_is_replaced(
    content: bytes, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with known_from_earlier("job"):
        made("1")
    [file] = cache.iterdir()
    whole = file.read_bytes()
    file.write_bytes(content)

    new_process(monkeypatch)
    with known_from_earlier("job"):
        assert made("1") == "select 'it''s', 1"

    assert file.read_bytes() == whole


def test_plans_of_older_code_go_in_the_end(cache: Path) -> None:
    cache.mkdir(parents=True)
    for number in range(9):
        old = cache / f"job-{number}.json"
        old.touch()
        os.utime(old, (number, number))
    (cache / "other_job-1.json").touch()

    with known_from_earlier("job"):
        made("1")

    names = {file.name for file in cache.iterdir()}
    olds = {f"job-{number}.json" for number in range(9)}
    assert names & olds == {f"job-{number}.json" for number in range(5, 9)}
    assert len(names - olds) == 2


def test_a_cache_that_cannot_be_written_stops_nothing(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.parent.parent.write_text("a file where a folder is to be")

    with known_from_earlier("job"):
        assert made("1") == "select 'it''s', 1"


@pytest.mark.slow
def test_a_run_imports_no_pandas_and_with_known_plans_no_planner(
    tmp_path: Path,
) -> None:
    generate(["sales", "--rows=200", "--dirt=0.2", f"--output_path={tmp_path}"])
    reports = []
    for number in range(2):
        job = "jobs/enrich_sales.py --engine duckdb --max_rejected_ratio 1"
        paths = f"--sales_path {tmp_path}/sales --customers_path {tmp_path}/customers"
        words = f"{job} {paths} --output_path {tmp_path}/lake{number}".split()
        done = subprocess.run(
            [sys.executable, "-c", _IMPORTED, *words],
            capture_output=True,
            text=True,
            check=True,
        )
        reports.append(done.stdout.splitlines())

    assert [report[-1] for report in reports] == ["sqlframe", ""]
    for word in ("loaded", "total_amount"):
        first, again = ([line for line in each if word in line] for each in reports)
        assert first and first == again
