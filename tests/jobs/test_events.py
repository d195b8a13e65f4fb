"""Events are staged once each, with where they came from, and the lines of their orders."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from generators.__main__ import main
from salesetl.cli import main as salesetl
from salesetl.engines.engine import Engine
from salesetl.model.options import InputPath
from salesetl.pipelines.events.contracts import EVENTS, ORDER_ITEMS
from tests.jobs.event_stream import EventStream, order, product, view


@pytest.fixture
def stream(duckdb: Engine, tmp_path: Path) -> EventStream:
    """Open a stream without files."""
    return EventStream(duckdb, tmp_path)


def test_an_event_is_a_row_with_its_order_and_where_it_came_from(
    stream: EventStream,
) -> None:
    path = stream.deliver("a", [view(1), order(7, "order_paid", status="paid")])

    report = stream.load()

    row, paid = stream.rows(EVENTS)
    assert row["event_id"] == "E1"
    assert row["event_timestamp"] == datetime(2025, 1, 1, 10, 0, 0, 125000, UTC)
    assert row["event_date"] == date(2025, 1, 1)
    assert (row["customer_country"], row["channel"], row["device"]) == (
        "DE",
        "Google",
        "mobile",
    )
    assert (row["product_id"], row["product_price"]) == ("101", Decimal("10.0500"))
    assert row["order_id"] is row["order_total"] is row["currency"] is None
    assert json.loads(row["event_data"]) == view(1)
    assert (row["source_file"], row["file_row_number"]) == (str(path), 1)
    assert paid["file_row_number"] == 2
    begun = datetime.fromisoformat(report.started_at)
    assert row["loaded_at"] == paid["loaded_at"] == begun
    names = ("order_subtotal", "order_tax", "order_shipping", "order_total")
    amounts = [str(paid[name]) for name in names]
    assert amounts == ["25.10", "4.77", "4.90", "34.77"]
    assert (paid["order_status"], paid["currency"]) == ("paid", "EUR")
    assert report.amounts["order_total"] == {
        "EUR": {
            "loaded": "34.77",
            "rejected": "0.00",
            "out_of_range": "0.00",
            "kept": "0.00",
            "published": "34.77",
        }
    }
    lines = stream.rows(ORDER_ITEMS)
    assert [
        (line["line_number"], line["product_id"], line["quantity"], line["line_total"])
        for line in lines
    ] == [(1, "101", 2, Decimal("20.10")), (2, "201", 1, Decimal("5.00"))]


@pytest.mark.parametrize("between", ["\n", "", " ", ",\n"], ids=repr)
def test_events_are_told_apart_whatever_is_between_them(
    stream: EventStream, between: str
) -> None:
    events: list[Any] = [view(1), order(2), view(3)]
    if between == ",\n":
        events = [f"[{json.dumps(events[0])}", events[1], f"{json.dumps(events[2])}]"]
    stream.deliver("a", events, between)

    report = stream.load()

    assert (report.rows_read, report.rows_loaded) == (3, 3)
    assert [row["file_row_number"] for row in stream.rows(EVENTS)] == [1, 2, 3]
    assert len(stream.rows(ORDER_ITEMS)) == 2


def test_an_event_that_is_there_stays(stream: EventStream) -> None:
    stream.deliver("a", [view(1), order(2)])
    stream.load()
    first = stream.rows(EVENTS)
    again = stream.deliver("b", [order(2), view(3), view(3), view(1)])

    report = stream.load(events_path=InputPath(str(again)))
    whole = stream.load()

    assert (report.rows_loaded, report.duplicates_removed) == (1, 3)
    assert report.rows_superseded == 2
    assert (whole.rows_loaded, whole.duplicates_removed) == (0, 6)
    kept = [row for row in stream.rows(EVENTS) if row["event_id"] != "E3"]
    assert kept == first
    assert len(stream.rows(ORDER_ITEMS)) == 2


def test_an_event_of_another_content_under_one_id_is_a_conflict(
    stream: EventStream,
) -> None:
    stream.deliver("a", [view(1), view(1, session_id="S2"), view(2)])

    report = stream.load()

    assert report.rows_by_reason == {"conflicting_duplicate": 2}
    assert [row["event_id"] for row in stream.rows(EVENTS)] == ["E2"]


FAULTS: list[tuple[Any, str]] = [
    (view(1, event_id=None), "event_id_is_present"),
    (view(1, event_type=""), "event_type_is_present"),
    (view(1, event_timestamp="soon"), "event_timestamp_is_valid"),
    (view(1, event_timestamp="2999-01-01T00:00:00Z"), "event_is_not_after_as_of"),
    (
        view(1, event_timestamp="1931-01-01T00:00:00Z"),
        "event_is_not_before_earliest_date",
    ),
    (view(1, customer="C1"), "values_have_their_kind"),
    (view(1, product=[product()]), "values_have_their_kind"),
    (view(1, event_type="order_paid"), "order_is_present"),
    (order(1, total_amount=34.78), "order_total_is_sum_of_parts"),
    (order(1, tax=-4.77, total_amount=25.23), "order_tax_is_valid"),
    (order(1, shipping="free"), "order_shipping_is_valid"),
    (order(1, currency="ZZZ"), "currency_is_known"),
    (order(1, items=[]), "order_has_items"),
    (order(1, items=None), "order_has_items"),
    (order(1, items=["shoes"]), "values_have_their_kind"),
    (
        order(1, items=[{"product": "shoes", "quantity": 1}]),
        "values_have_their_kind",
    ),
    (
        order(1, items=[{"product": product(price=[1]), "quantity": 1}]),  # type: ignore[arg-type]
        "values_have_their_kind",
    ),
    (
        order(1, items=[{"product": product(), "quantity": 1.5}]),
        "quantities_are_positive",
    ),
    (
        order(1, items=[{"product": product(price=-25.10), "quantity": 1}]),
        "unit_prices_are_valid",
    ),
    (
        order(1, items=[{"product": product(price=25.11), "quantity": 1}]),
        "order_subtotal_is_sum_of_items",
    ),
    (
        json.dumps(order(1)).replace('"price": 10.05', '"price": 10.05, "price": 1'),
        "key_is_there_once",
    ),
    ('{"event_id": "E1",', "row_is_well_formed"),
]


@pytest.mark.parametrize(("event", "reason"), FAULTS)
def test_a_fault_of_an_event_costs_that_event(
    stream: EventStream, event: Any, reason: str
) -> None:
    stream.deliver("a", [event, view(2)])

    report = stream.load()

    assert list(report.rows_by_reason)[:1] == [reason]
    assert (report.rows_loaded, report.rows_quarantined) == (1, 1)
    assert [row["event_id"] for row in stream.rows(EVENTS)] == ["E2"]


@pytest.mark.both_sparks
@pytest.mark.usefixtures("spark_way")
def test_spark_finds_the_same_faults(
    stream: EventStream, spark: SparkSession, tmp_path: Path
) -> None:
    for number, (event, _) in enumerate(FAULTS):
        stream.deliver(f"{number:02}", [event])
    stream.deliver("sound", [view(2)])
    found = stream.load("one")

    report = EventStream(spark, tmp_path).load()

    assert report.rows_by_reason == found.rows_by_reason
    assert (report.rows_loaded, report.rows_quarantined) == (1, len(FAULTS))


def test_a_replayed_event_is_of_its_first_file_at_no_known_place(
    stream: EventStream, tmp_path: Path
) -> None:
    first = stream.deliver("a", [view(1), view(2), order(3, total_amount=34.78)])
    stream.load(run_id="first")
    before, lake, fixes = stream.rows(EVENTS), str(tmp_path / "lake"), tmp_path / "fix"
    salesetl(["quarantine", "show", "first", "--output_path", lake, "--to", str(fixes)])
    [path] = [each for each in fixes.iterdir() if not each.name.startswith("_")]
    path.write_text(path.read_text().replace("34.78", "34.77"))

    reports = [
        stream.load(events_path=InputPath(str(fixes)), replay_of="first")
        for _ in range(2)
    ]

    assert [report.rows_loaded for report in reports] == [1, 0]
    *others, replayed = stream.rows(EVENTS)
    assert others == before
    assert (replayed["event_id"], str(replayed["order_total"])) == (
        "E3-order_create",
        "34.77",
    )
    assert replayed["source_file"] == str(first)
    # Its place in the fixes says nothing of its place in that file.
    assert replayed["file_row_number"] is None
    assert len(stream.rows(ORDER_ITEMS)) == 2


def test_what_is_odd_but_no_fault_is_loaded(stream: EventStream) -> None:
    stream.deliver(
        "a",
        [
            view(1, customer=None, session_id=None, session={}),
            view(2, event_type="wishlist_add"),
            view(3, cart={"items": [{"anything": [1]}]}, product=None),
            view(4, note="x"),
        ],
    )

    report = stream.load()

    assert report.rows_loaded == 4
    assert report.warnings == {
        "session_id_is_present": 1,
        "customer_id_is_present": 1,
        "event_type_is_known": 1,
    }
    assert report.unknown_columns == ["events.note"]


def test_an_event_of_before_2025_is_rejected_unless_it_is_said_to_be_right(
    stream: EventStream,
) -> None:
    early = view(2, event_timestamp="2024-12-31T23:59:59Z")
    stream.deliver("a", [view(1), early])

    rejected = stream.load(max_rejected_ratio=1.0)
    loaded = stream.load(earliest_date=date(2024, 1, 1))

    assert rejected.rows_by_reason == {"event_is_not_before_earliest_date": 1}
    assert (rejected.rows_loaded, loaded.rows_loaded) == (1, 1)


def test_a_profile_maps_events_of_another_shape(
    stream: EventStream, tmp_path: Path
) -> None:
    check_profile(stream, tmp_path)


@pytest.mark.both_sparks
def test_a_profile_maps_events_on_spark_too(
    spark: SparkSession, tmp_path: Path
) -> None:
    check_profile(EventStream(spark, tmp_path), tmp_path)


def check_profile(stream: EventStream, tmp_path: Path) -> None:
    """Load events with other names, at other places, in another time zone."""
    profile = tmp_path / "profile.toml"
    profile.write_text("""
time_zone = "Europe/Berlin"

[columns]
event_id = "id"
order_total = "order.grand_total"

[lists.items.columns]
unit_price = "paid"
""")
    found = order(1, grand_total=34.77)
    found["id"] = found.pop("event_id")
    found["event_timestamp"] = "2025-01-01T23:30:00Z"
    del found["order"]["total_amount"]
    for item in found["order"]["items"]:
        item["paid"] = item["product"].pop("price")
    stream.deliver("a", [found, {**view(2), "id": "E2"}])

    report = stream.load(source_profile=str(profile))

    assert (report.rows_loaded, report.unknown_columns) == (2, [])
    row = stream.rows(EVENTS)[0]
    assert (row["event_date"], row["order_total"]) == (
        date(2025, 1, 2),
        Decimal("34.77"),
    )
    assert [line["line_total"] for line in stream.rows(ORDER_ITEMS)] == [
        Decimal("20.10"),
        Decimal("5.00"),
    ]


GENERATED = ("--days=2", "--seed=7", "--dirt=0.02")
FAULTY = ("--late=0.1", "--duplicates=0.1", "--future=0.02")


def generate(stream: EventStream) -> dict[str, Any]:
    """Generate two days of a faulty stream, and return the answers."""
    root = stream.home / "raw"
    main(["events", *GENERATED, *FAULTY, f"--output_path={root}"])
    found: dict[str, Any] = json.loads((root / "_answers/events.json").read_text())
    return found


def check(stream: EventStream, answers: dict[str, Any]) -> None:
    """See that a run over all files counts what the answers say, and leaves their truth."""
    report = stream.load()

    names = ("rows_read", "rows_loaded", "rows_quarantined", "duplicates_removed")
    counted = report.as_dict()
    assert {name: counted[name] for name in names} == {
        name: answers[name] for name in names
    }
    assert report.rows_by_reason == answers["rows_by_reason"]
    loaded = report.amounts["order_total"]["USD"]["loaded"]
    assert loaded == answers["amount_loaded"]["USD"]
    events = stream.rows(EVENTS)
    assert len(events) == len({row["event_id"] for row in events})
    assert len({row["session_id"] for row in events}) == answers["truth"]["sessions"]


def test_a_run_counts_what_the_answers_of_events_say(stream: EventStream) -> None:
    check(stream, generate(stream))


@pytest.mark.both_sparks
@pytest.mark.usefixtures("spark_way")
def test_spark_leaves_the_same_events(
    stream: EventStream, spark: SparkSession, tmp_path: Path
) -> None:
    answers = generate(stream)
    stream.load("one")

    check(EventStream(spark, tmp_path), answers)

    for table in (EVENTS, ORDER_ITEMS):
        one, other = stream.rows(table, "one"), stream.rows(table)
        for row in [*one, *other]:
            del row["loaded_at"]
        assert one == other


def test_runs_in_any_order_and_over_all_files_leave_the_same_events(
    stream: EventStream,
) -> None:
    generate(stream)
    stream.load("whole")
    folders = sorted(stream.raw.glob("*/*/*/0*"))

    for folder in [*reversed(folders), *folders[:3]]:
        stream.load("parts", events_path=InputPath(str(folder)))
    stream.load("parts")

    for table in (EVENTS, ORDER_ITEMS):
        one, other = stream.rows(table, "whole"), stream.rows(table, "parts")
        for row in [*one, *other]:
            # Of an event that is sent again the first one to be loaded is told.
            for name in ("loaded_at", "source_file", "file_row_number"):
                row.pop(name, None)
        assert one == other
