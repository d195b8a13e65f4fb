"""What the job of events accepts stops no build, however odd it is."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.functions import functions_of
from salesetl.pipelines.events.pipeline import EVENTS_PIPELINE
from salesetl.warehouses.building import build
from salesetl.warehouses.loading_lake import load
from tests.jobs.event_stream import EventStream, order, product, view
from tests.warehouses.dbt_program import needs_dbt
from tests.warehouses.places import Place

pytestmark = [needs_dbt, pytest.mark.slow]


def test_odd_events_that_are_accepted_stop_no_build(
    duckdb: DuckDbEngine, tmp_path: Path
) -> None:
    profile = tmp_path / "profile.toml"
    profile.write_text("[rules]\norder_total_tolerance = 0.01\n")
    nothing: dict[str, Any] = {
        "subtotal": 0,
        "tax": 0,
        "shipping": 0,
        "total_amount": 0,
    }
    items = [{"product": product(price=0), "quantity": 1}]
    most = Decimal("9999999999999.99")
    dear: dict[str, Any] = {
        "subtotal": str(most),
        "tax": 0,
        "shipping": 0,
        "total_amount": str(most),
    }
    dear_items = [
        {"product": product(price=99_999_999), "quantity": 100_000},
        {"product": product(price=99_999.99), "quantity": 1},
    ]
    stream = EventStream(duckdb, tmp_path)
    stream.deliver(
        "a",
        [
            view(1, event_timestamp="2024-06-30T10:00:00Z"),
            order(2, items=items, **nothing),
            order(3, subtotal=25.11),
            order(4, items=dear_items, **dear),
        ],
    )
    place = Place(f"duckdb://{tmp_path / 'warehouse.duckdb'}")

    with functions_of(duckdb.functions):
        report = stream.load(
            earliest_date=date(2024, 1, 1), source_profile=str(profile)
        )
        load(place.warehouse, EVENTS_PIPELINE, str(tmp_path / "lake"))
        build(place.warehouse, EVENTS_PIPELINE, date(2025, 1, 31))

    assert report.rows_loaded == 4, report.rows_by_reason
    assert place.rows(
        "select order_id, merchandise from events.fct_orders order by order_id"
    ) == [
        ("O2", Decimal("0.00")),
        ("O3", Decimal("25.11")),
        ("O4", most),
    ]
