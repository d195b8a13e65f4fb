"""Orders to measure on: all sound ones, and faults that every program finds."""

import gzip
import json
import subprocess
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from benchmarks.agreement import agree, orders_answer
from benchmarks.data import ORDER_FAULTS, make_events, make_orders
from benchmarks.programs import OF_ORDERS, Program

ROOT = Path(__file__).parents[2]
ROWS = 2000

# Of a hundredth of the orders, each fault has its share.
RULES = dict.fromkeys(
    [
        "order_id_is_present",
        "order_timestamp_is_valid",
        "order_is_not_after_as_of",
        "order_has_items",
        "quantities_are_positive",
        "unit_prices_are_valid",
        "currency_is_known",
        "order_total_is_sum_of_items",
        "row_is_well_formed",
    ],
    ROWS // 100 // len(ORDER_FAULTS),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make orders."""
    return make_orders(tmp_path_factory.mktemp("raw"), ROWS)


def program(name: str) -> Program:
    """Return the program of that name."""
    [found] = [each for each in OF_ORDERS if each.name == name]
    return found


def run(name: str, data: Path, out: Path) -> Path:
    """Run a program on data, and return where it wrote."""
    out.mkdir()
    command = program(name).command(data, out)
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return out


@pytest.fixture(scope="module")
def embedded(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Load the orders with salesetl on DuckDB."""
    return run("salesetl embedded", data, tmp_path_factory.mktemp("lake") / "out")


def test_there_are_so_many_orders_and_a_hundredth_again(data: Path) -> None:
    counts = {
        path.name: len(path.read_bytes().splitlines())
        for path in (data / "orders").iterdir()
    }

    assert counts.pop("faults.json") == ROWS // 100
    assert sum(counts.values()) == ROWS
    assert len(counts) == 7


def test_each_fault_breaks_one_rule_and_a_second_copy_none(embedded: Path) -> None:
    [path] = (embedded / "orders/_runs").rglob("*.json")
    report = json.loads(path.read_text())

    assert len(ORDER_FAULTS) == len(RULES) + 1
    assert report["rows_loaded"] == ROWS
    assert report["duplicates_removed"] == 2
    assert report["rows_by_reason"] == RULES


@pytest.mark.parametrize("name", ["DuckDB SQL", "pandas json_normalize"])
def test_the_others_accept_and_reject_the_same_orders(
    name: str, data: Path, embedded: Path, tmp_path: Path
) -> None:
    out = run(name, data, tmp_path / "out")
    quarantine = duckdb.sql(
        f"select reasons from '{out}/orders/quarantine/*.parquet'"
    ).fetchall()

    answer, exact = orders_answer(out), orders_answer(embedded)
    assert agree(answer, exact, is_exact=program(name).is_exact)
    assert Counter(reasons for [reasons] in quarantine) == RULES


def test_events_are_in_files_of_quarters_of_an_hour_and_some_come_twice(
    tmp_path: Path,
) -> None:
    folder = make_events(tmp_path, 15_000)

    files = sorted((folder / "events").rglob("*.gz"))
    lines = [
        line
        for path in files
        for line in gzip.decompress(path.read_bytes()).splitlines()
    ]
    ids = Counter(json.loads(line)["event_id"] for line in lines)
    assert len(files) == 14 * 24 * 4
    assert len(ids) == 15_000
    assert {*ids.values()} == {1, 5}
