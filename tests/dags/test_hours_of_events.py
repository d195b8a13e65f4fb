"""Runs of `events_hourly` to their end: late files, an hour without events, a model that fails."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from generators.__main__ import main as generate
from tests.dags.airflow_home import Airflow, needs_airflow
from tests.warehouses.dbt_program import PROGRAM

pytestmark = [needs_airflow, pytest.mark.dags]

# The hours of two days; a run for each of the last of them, the first of which finds all earlier ones.
HOURS = [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=n) for n in range(48)]
RUNS = int(os.environ.get("SALESETL_TEST_HOURS", "4"))


def folder(root: Path, hour: datetime) -> Path:
    """The folder of the files of an hour."""
    return root / f"events/{hour:%Y/%m/%d/%H}"


def is_delayed(hour: datetime) -> bool:
    """Tell whether the files of an hour come with those of the next."""
    return HOURS.index(hour) % 3 == 1


def generate_two_days(home: Path) -> Path:
    """Generate events where nothing of them has come yet; the folder."""
    aside = home / "aside"
    words = (
        "events --days 2 --customers 100 --cart_rate 0.5 --late 0.1 --duplicates 0.1"
    )
    generate([*words.split(), "--output_path", str(aside)])
    return aside


def run(
    airflow: Airflow, home: Path, hour: datetime, **settings: str
) -> tuple[bool, str]:
    """Run the DAG for an hour."""
    return airflow.run_at(
        "events_hourly",
        (hour + timedelta(hours=1, minutes=20)).isoformat(),
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


def test_hours_with_late_files_and_without_any_make_what_was_generated(
    airflow: Airflow, tmp_path: Path
) -> None:
    aside, raw = generate_two_days(tmp_path), tmp_path / "raw"
    delayed: list[datetime] = []
    for hour in HOURS:
        delayed.append(hour)
        if not is_delayed(hour):
            for each in delayed:
                shutil.copytree(folder(aside, each), folder(raw, each))
            delayed = []
        if hour == HOURS[-1]:
            (folder(raw, hour) / "empty.json.gz").touch()
        if hour in HOURS[-RUNS:]:
            has_succeeded, log = run(airflow, tmp_path, hour)
            assert has_succeeded, log

    truth = json.loads((aside / "_answers/events.json").read_text())["truth"]
    staged = rows(tmp_path, "select event_id from events_build.stg_events")
    assert len(staged) == len(set(staged)) == truth["events"]
    [(orders, paid, merchandise)] = rows(
        tmp_path,
        "select count(*), count(*) filter (where is_paid),"
        " sum(merchandise) filter (where is_paid) from events.fct_orders",
    )
    assert (orders, paid) == (truth["orders"], truth["paid_orders"])
    assert str(merchandise) == truth["merchandise"]
    assert (tmp_path / "lake/events/processed").is_dir()


def test_a_model_that_fails_fails_the_run_and_nothing_below_it_is_built(
    airflow: Airflow, tmp_path: Path
) -> None:
    aside, hour = generate_two_days(tmp_path), HOURS[-1]
    shutil.copytree(folder(aside, hour), folder(tmp_path / "raw", hour))
    broken = tmp_path / "dbt"
    broken.write_text(
        '#!/bin/sh\ncase "$*" in *"--select fct_orders"*) echo "no disk left"; exit 2;; esac\n'
        f'exec {PROGRAM} "$@"\n'
    )
    broken.chmod(0o755)

    has_succeeded, log = run(airflow, tmp_path, hour, dbt=str(broken))

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
