"""Runs of `events_hourly` to their end: late files, an hour without events, a model that fails."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from generators.__main__ import main as generate
from tests.dags.airflow_home import Airflow, needs_airflow
from tests.jobs.event_stream import order
from tests.warehouses.dbt_program import PROGRAM

pytestmark = [needs_airflow, pytest.mark.dags]


@pytest.fixture
def stream(tmp_path: Path) -> Path:
    """Generate a day of events, of which nothing has come yet but that of its first hours."""
    aside = tmp_path / "aside"
    words = "events --days 1 --customers 100 --cart_rate 0.5 --duplicates 0.1"
    generate([*words.split(), "--output_path", str(aside)])
    for hour in ("18", "19", "20"):
        shutil.copytree(folder(aside, hour), folder(tmp_path / "raw", hour))
    return aside


def folder(root: Path, hour: str) -> Path:
    """The folder of an hour of the day."""
    return root / f"events/2025/01/01/{hour}"


def run(airflow: Airflow, home: Path, hour: int, **settings: str) -> tuple[bool, str]:
    """Run the DAG for an hour of the day."""
    return airflow.run_at(
        "events_hourly",
        f"2025-01-01T{hour + 1:02}:20:00+00:00",
        raw=str(home / "raw"),
        lake=str(home / "lake"),
        warehouse=f"duckdb://{home}/warehouse.duckdb",
        wait_minutes="0",
        **settings,
    )


def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    """Ask the warehouse."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as opened:
        return opened.execute(query).fetchall()


def delivered(home: Path) -> set[str]:
    """Return the ids of all events that have come."""
    found = set()
    for path in (home / "raw").rglob("*.json.gz"):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            found.add(json.loads(line)["event_id"])
    return found


def test_hours_with_late_files_and_without_any_load_each_event_once(
    airflow: Airflow, stream: Path, tmp_path: Path
) -> None:
    has_succeeded, log = run(airflow, tmp_path, 18)
    assert has_succeeded, log
    first = rows(tmp_path, "select count(*) from events.fct_orders")

    # What was before comes later, in the folder of its hour, with an order that changes another one.
    late = folder(tmp_path / "raw", "02")
    late.mkdir()
    events = [order(1), order(1, "order_paid"), order(2)]
    (late / "late.json").write_text("".join(map(json.dumps, events)))
    has_succeeded, log = run(airflow, tmp_path, 5)
    assert has_succeeded, log
    assert rows(tmp_path, "select count(*) from events.fct_orders") == first

    shutil.copytree(folder(stream, "21"), folder(tmp_path / "raw", "21"))
    has_succeeded, log = run(airflow, tmp_path, 21)
    assert has_succeeded, log
    staged = rows(tmp_path, "select event_id from events_build.stg_events")
    ids = {event["event_id"] for event in events}
    assert {row[0] for row in staged} == delivered(tmp_path) | ids
    assert len(staged) == len({row[0] for row in staged})
    [(state, total)] = rows(
        tmp_path,
        "select order_status, order_total from events.fct_orders where order_id = 'O1'",
    )
    assert (state, str(total)) == ("paid", "34.77")
    assert (tmp_path / "lake/events/processed").is_dir()


def test_a_model_that_fails_fails_the_run_and_nothing_below_it_is_built(
    airflow: Airflow, stream: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "dbt"
    broken.write_text(
        '#!/bin/sh\ncase "$*" in *"--select fct_orders"*) echo "no disk left"; exit 2;; esac\n'
        f'exec {PROGRAM} "$@"\n'
    )
    broken.chmod(0o755)

    has_succeeded, log = run(airflow, tmp_path, 18, dbt=str(broken))

    assert not has_succeeded
    assert "no disk left" in log
    made = {
        name
        for (name,) in rows(tmp_path, "select table_name from duckdb_tables()")
        + rows(tmp_path, "select view_name from duckdb_views() where not internal")
    }
    assert {"stg_events", "dim_customers", "int_session_events"} <= made
    assert not made & {"fct_orders", "fct_order_items", "analytics_orders"}
    assert (
        rows(tmp_path, "select * from duckdb_tables() where schema_name = 'events'")
        == []
    )
    assert not (tmp_path / "lake/events/processed").exists()
