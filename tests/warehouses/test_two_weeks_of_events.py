"""Two weeks of events, shuffled, doubled, late and dated in the future, make one warehouse."""

import json
import shutil
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from generators.__main__ import main as generate
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.functions import functions_of
from salesetl.pipelines.events.pipeline import EVENTS_PIPELINE
from salesetl.warehouses.building import build
from salesetl.warehouses.loading_lake import load
from tests.jobs.event_stream import EventStream
from tests.warehouses.conftest import new_database
from tests.warehouses.dbt_program import needs_dbt
from tests.warehouses.places import Place

pytestmark = [needs_dbt, pytest.mark.slow]

AS_OF = date(2025, 1, 31)
STREAM = (
    "events --days 14 --seed 11 --late 0.05 --duplicates 0.05 --future 0.005 --dirt 0.005"
    " --cart_rate 0.2"
).split()
BATCHES = 3
SERVED = (
    "analytics_customer_summary",
    "analytics_order_items",
    "analytics_orders",
    "dim_customers",
    "fct_order_items",
    "fct_orders",
)


@pytest.fixture(scope="module")
def places(
    duckdb: DuckDbEngine, postgres: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Let two weeks arrive in batches, and build after each; then build all at once elsewhere."""
    home = tmp_path_factory.mktemp("two-weeks")
    generate([*STREAM, "--output_path", str(home / "all")])
    stream = EventStream(duckdb, home)
    files = sorted((home / "all" / "events").rglob("*.gz"))
    Random(5).shuffle(files)
    on_postgres = new_database(postgres)
    by_batch = Place(f"duckdb://{home / 'by_batch.duckdb'}")
    with functions_of(duckdb.functions):
        for number in range(BATCHES):
            own = files[number::BATCHES]
            for file in own:
                arrive(file, stream.raw / file.relative_to(home / "all" / "events"))
            for file in own[:15]:
                arrive(file, stream.raw / "again" / f"{number}-{file.parent.name}.gz")
            stream.load(input_mode="new")
            load(by_batch.warehouse, EVENTS_PIPELINE, str(home / "lake"))
            build(by_batch.warehouse, EVENTS_PIPELINE, AS_OF)
        for place in (
            at_once := Place(f"duckdb://{home / 'once.duckdb'}"),
            on_postgres,
        ):
            load(place.warehouse, EVENTS_PIPELINE, str(home / "lake"))
            build(place.warehouse, EVENTS_PIPELINE, AS_OF)
    answers = json.loads((home / "all" / "_answers" / "events.json").read_text())
    return {
        "by_batch": by_batch,
        "at_once": at_once,
        "postgres": on_postgres,
        "truth": answers["truth"],
    }


def arrive(file: Path, path: Path) -> None:
    """Deliver a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, path)


def served(place: Place) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of all served tables."""
    found = {}
    for name in SERVED:
        rows = place.rows(f"select * from events.{name}")
        found[name] = sorted(rows, key=str)
    return found


def test_building_by_batch_is_building_at_once_on_every_warehouse(
    places: dict[str, Any],
) -> None:
    once = served(places["at_once"])

    assert served(places["by_batch"]) == once
    assert served(places["postgres"]) == once


def test_the_warehouse_has_every_event_customer_order_and_cent(
    places: dict[str, Any],
) -> None:
    truth, place = places["truth"], places["by_batch"]

    [(events, customers)] = place.rows(
        "select (select count(*) from events_build.stg_events),"
        " (select count(*) from events.dim_customers)"
    )
    assert (events, customers) == (truth["events"], truth["customers"])
    [(orders, paid)] = place.rows(
        "select count(*), count(*) filter (where is_paid) from events.fct_orders"
    )
    assert (orders, paid) == (truth["orders"], truth["paid_orders"])
    sums = place.rows(
        "select sum(merchandise), sum(tax), sum(shipping) from events.fct_orders where is_paid"
    )
    due = (truth["merchandise"], truth["tax"], truth["shipping"])
    assert [tuple(map(str, row)) for row in sums] == [due]
    by_day = place.rows(
        "select order_date, sum(order_total) from events.analytics_orders where is_paid group by 1"
    )
    assert {str(day): str(total) for day, total in by_day} == truth[
        "revenue_by_order_date"
    ]


def test_visits_by_inactivity_are_the_given_ones(places: dict[str, Any]) -> None:
    [(given, told, split)] = places["by_batch"].rows("""
        select
            count(distinct session_id),
            count(distinct customer_id || ' ' || visit_number),
            (select count(*) from (
                select session_id from events_build.int_session_events
                group by session_id having count(distinct visit_number) > 1
            ))
        from events_build.int_session_events
        """)

    assert (given, split) == (told, 0)
    # One of which every event was lost has none.
    assert given <= places["truth"]["sessions"]


def test_a_state_of_an_order_that_a_build_has_seen_is_kept(
    places: dict[str, Any],
) -> None:
    [(orders, states, current)] = places["by_batch"].rows(
        "select count(distinct order_id), count(*), count(*) filter (where dbt_valid_to is null)"
        " from events.order_states"
    )

    assert orders == current == places["truth"]["orders"]
    assert states > orders
