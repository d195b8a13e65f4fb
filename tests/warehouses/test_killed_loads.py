"""A load that fails or is killed anywhere leaves the old data, and the next one is whole."""

import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from salesetl.errors import WarehouseError
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.warehouses.duckdb_file import DuckDbFile
from salesetl.warehouses.loading_lake import load
from salesetl.warehouses.mirror import TableChange
from tests.jobs.retailer import Retailer
from tests.warehouses.places import Place
from tests.warehouses.statements import StatementError, before_each, failing_at

ROOT = Path(__file__).parents[2]

# Loads by the command line, and kills its own process when it is about to do something.
_SUICIDE = """
import os, signal, sys
from salesetl.cli import main
from salesetl.warehouses import duckdb_file, postgresql
owners = {
    "duckdb": duckdb_file.DuckDbConnection,
    "postgresql": postgresql.PostgresConnection,
}
operation, words = sys.argv[1], sys.argv[2:]
scheme = words[-1].partition("=")[2].partition(":")[0]
owner = os if operation == "replace" else owners[scheme]
original = getattr(owner, operation)
def fatal(*words):
    if operation != "execute" or "insert into retail_staging._loaded" in words[1]:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*words)
setattr(owner, operation, fatal)
main(["warehouse", "load", "retail", *words])
"""


@pytest.fixture
def loaded(first_retailer: Retailer, changed_lake: Path, place: Place) -> str:
    """Load a lake, and return one that it has become since then."""
    load(place.warehouse, RETAIL, str(first_retailer.home / "lake"))
    return str(changed_lake)


def sums(place: Place) -> list[tuple[object, ...]]:
    """Return what a reader sees of all that the load changes, in one statement."""
    return place.rows(
        "select (select sum(total_amount) from retail_staging.order_lines),"
        " (select count(*) from retail_staging.customers),"
        " (select sum(row_count) from retail_staging._loaded_partitions)"
    )


def test_a_failure_at_any_statement_leaves_the_old_data(
    loaded: str, place: Place, tmp_path: Path
) -> None:
    before = place.content(RETAIL)
    due = 0
    while True:
        due += 1
        try:
            with before_each(failing_at(due)):
                load(place.warehouse, RETAIL, loaded)
        except StatementError:
            assert place.content(RETAIL) == before, f"statement {due}"
        else:
            break

    assert due > 15
    whole = Place(f"duckdb://{tmp_path / 'whole.duckdb'}")
    load(whole.warehouse, RETAIL, loaded)
    assert places_of(place) == places_of(whole)


def places_of(place: Place) -> dict[str, list[tuple[object, ...]]]:
    """Return the content of a warehouse without the time at which it was loaded."""
    found = place.content(RETAIL)
    ledger = found.pop("retail_staging._loaded_partitions")
    return {**found, "ledger": [row[:-1] for row in ledger]}


def test_a_reader_sees_the_old_state_until_all_is_loaded(
    loaded: str, place: Place
) -> None:
    before = sums(place)
    seen = []

    with before_each(lambda number: seen.append(sums(place))):
        load(place.warehouse, RETAIL, loaded)

    assert len(seen) > 15 and all(each == before for each in seen)
    assert sums(place) != before


@pytest.mark.parametrize(
    ("place", "operation"),
    [
        ("duckdb", "copy"),
        ("duckdb", "execute"),
        ("duckdb", "replace"),
        ("postgres", "copy"),
        ("postgres", "execute"),
    ],
    indirect=["place"],
)
def test_a_process_killed_during_a_load_leaves_the_old_data(
    loaded: str, place: Place, operation: str
) -> None:
    before = place.content(RETAIL)

    done = subprocess.run(
        [sys.executable, "-c", _SUICIDE, operation]
        + [f"--output_path={loaded}", f"--warehouse={place.url}"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )

    assert done.returncode == -signal.SIGKILL, done.stderr
    assert place.content(RETAIL) == before
    load(place.warehouse, RETAIL, loaded)
    assert load(place.warehouse, RETAIL, loaded)[0].parts == []
    if place.is_duckdb:
        beside = {path.name for path in place.file.parent.iterdir()}
        assert beside == {place.file.name, f"{place.file.name}.lock"}


def end_connections(place: Place, which: str = "true") -> None:
    """End the connections of loads, as an administrator does."""
    with psycopg.connect(place.url) as connected:
        connected.execute(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity"
            f" where datname = current_database() and application_name = 'salesetl' and {which}".encode()
        )


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
def test_a_load_whose_connection_is_ended_leaves_the_old_data(
    loaded: str, place: Place
) -> None:
    before = place.content(RETAIL)

    def act(number: int) -> None:
        if number == 12:
            end_connections(place)

    with before_each(act), pytest.raises(WarehouseError) as error:
        load(place.warehouse, RETAIL, loaded)

    told = str(error.value)
    assert told.startswith("postgresql://127.0.0.1:") and len(told.splitlines()) == 1
    assert "terminating connection due to administrator command; what was" in told
    assert place.content(RETAIL) == before
    load(place.warehouse, RETAIL, loaded)
    assert place.content(RETAIL) != before


WAITING = (
    "select pid from pg_stat_activity"
    " where datname = current_database() and wait_event_type = 'Lock'"
)


@pytest.mark.parametrize("place", ["postgres"], indirect=True)
def test_two_loads_are_kept_apart_also_where_the_lock_is_lost(
    loaded: str, place: Place, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(loaded, other)
    with ThreadPoolExecutor(1) as threads:

        def act(number: int) -> None:
            if number == 12:
                # The lock is held by a connection that is idle meanwhile.
                end_connections(place, "state = 'idle'")
                second.append(threads.submit(load, place.warehouse, RETAIL, str(other)))
                while not (second[0].done() or place.rows(WAITING)):
                    time.sleep(0.02)

        second: list[Future[list[TableChange]]] = []
        with before_each(act):
            load(place.warehouse, RETAIL, loaded)
        assert all(change.parts == [] for change in second[0].result())

    assert place.rows("select count(*) from retail_staging.order_lines") == [(3,)]


@pytest.mark.parametrize("place", ["duckdb"], indirect=True)
def test_a_file_that_somebody_writes_to_is_left_alone(
    loaded: str, place: Place
) -> None:
    assert isinstance(place.warehouse, DuckDbFile)
    before = place.content(RETAIL)
    # What an analyst has written, and DuckDB not yet moved from its log into the file.
    script = (
        "import duckdb, os; c = duckdb.connect(r'%s');"
        "c.execute('create schema mine'); c.execute('create table mine.notes as select 1 as n');"
        "os._exit(0)" % place.file
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    assert Path(f"{place.file}.wal").exists()

    load(place.warehouse, RETAIL, loaded)

    assert place.rows("select n from mine.notes") == [(1,)]
    assert place.content(RETAIL) != before
