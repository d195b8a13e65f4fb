"""The part on events is drawn from the events of the lake and what their warehouse has unloaded."""

from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb as warehouse
import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.registry import namespaces
from salesetl.report.datasets import sections_of
from salesetl.report.page import Section, page
from salesetl.report.picture import Picture
from salesetl.runs import read_reports
from salesetl.storage import storage_of
from tests.jobs.event_stream import EventStream, order, view
from tests.report.declared import declared_columns
from tests.report.drawn import values_of

# Two orders in euros, one of them twice as large; one in yen; one that was cancelled.
ORDERS = """
select * from (values
    ('O1', date '2025-01-01', 10, true, 'EUR', 100.00, 20.00, 5.00, 125.00, 'Google', 'DE'),
    ('O2', date '2025-01-02', 11, true, 'EUR', 50.00, 10.00, 0.01, 60.01, 'Email', 'FR'),
    ('O3', date '2025-01-02', 11, true, 'JPY', 9000.00, 900.00, 100.00, 10000.00, 'Email', 'JP'),
    ('O4', date '2025-01-02', 11, false, 'EUR', 7.00, 1.00, 1.00, 9.00, 'Email', 'FR')
) as orders (order_id, order_date, order_hour, is_paid, currency, merchandise, tax, shipping,
    order_total, channel, customer_country)
"""
LINES = """
select * from (values
    ('O1', 'P1', 'Lamp', 'Home', 1, 60.00, 'EUR', true),
    ('O1', 'P2', 'Lamp', 'Home', 2, 40.00, 'EUR', true),
    ('O2', 'P3', 'Ball', 'Sports', 3, 50.00, 'EUR', true),
    ('O3', 'P3', 'Ball', 'Sports', 4, 9000.00, 'JPY', true),
    ('O4', 'P3', 'Ball', 'Sports', 5, 7.00, 'EUR', false)
) as lines (order_id, product_id, product_name, category, quantity, line_total, currency, is_paid)
"""
CUSTOMERS = "select 'C' || n as customer_id from range(1, 6) as numbers (n)"
SUMMARY = """
select * from (values
    ('C1', 'EUR', 1, 100.00, 5, 'Champions'),
    ('C2', 'EUR', 1, 50.01, 1, 'Lost'),
    ('C2', 'JPY', 1, 9000.00, 5, 'Lost')
) as customers (customer_id, currency, orders, lifetime_value, monetary_score, segment)
"""
TABLES = {
    "analytics_orders": ORDERS,
    "analytics_order_items": LINES,
    "dim_customers": CUSTOMERS,
    "analytics_customer_summary": SUMMARY,
}


@pytest.fixture
def stream(duckdb: DuckDbEngine, tmp_path: Path) -> EventStream:
    """Open a stream in an empty folder."""
    return EventStream(duckdb, tmp_path)


def unload(stream: EventStream, tables: dict[str, str]) -> None:
    """Write tables with all columns that their models declare, as a warehouse unloads them."""
    for name, query in tables.items():
        connection = warehouse.connect()
        types = declared_columns("events")[name]
        columns = ", ".join(f"{column} {kind}" for column, kind in types.items())
        connection.execute(f"create table {name} ({columns})")
        connection.execute(f"insert into {name} by name {query}")
        path = stream.home / "lake" / "events" / "processed" / name / f"{name}.parquet"
        path.parent.mkdir(parents=True)
        connection.table(name).write_parquet(str(path))


def section(stream: EventStream) -> Section:
    """Return the part on events."""
    root = str(stream.home / "lake")
    reports = read_reports(storage_of(root), root, namespaces())
    [found] = sections_of(root, reports)
    assert found.name.capitalize() in page([found], reports)
    return found


def picture(found: Section, name: str) -> Picture:
    """Return a picture of a part."""
    return {each.name: each for each in found.pictures}[f"events_{name}"]


def visit(session_id: str, *event_types: str, channel: str = "Google") -> Iterable[Any]:
    """Make the events of a visit."""
    for number, event_type in enumerate(event_types):
        make = order(1, event_type) if event_type.startswith("order") else view(1)
        yield make | {
            "event_id": f"{session_id}-{number}",
            "event_type": event_type,
            "session_id": session_id,
            "session": {"channel": channel, "device": "mobile"},
            "event_timestamp": f"2025-01-02T10:0{number}:00Z",
        }


def test_figures_count_paid_orders_and_never_add_currencies(
    stream: EventStream,
) -> None:
    stream.deliver("one", visit("S1", "product_view"))
    stream.load()
    unload(stream, TABLES)

    figures = {each.name: each.value for each in section(stream).figures}

    assert figures == {
        "Revenue in EUR": Decimal("185.01"),
        "Merchandise in EUR": Decimal("150.00"),
        "Tax in EUR": Decimal("30.00"),
        "Shipping in EUR": Decimal("5.01"),
        # 92.505, half a cent away from zero.
        "Average order value in EUR": Decimal("92.51"),
        "Revenue in JPY": Decimal("10000.00"),
        "Merchandise in JPY": Decimal("9000.00"),
        "Tax in JPY": Decimal("900.00"),
        "Shipping in JPY": Decimal("100.00"),
        "Average order value in JPY": Decimal("10000.00"),
        "Lifetime value a customer in EUR": Decimal("75.01"),
        "Lifetime value a customer in JPY": Decimal("9000.00"),
        "Paid orders": 3,
        "Units sold": 10,
        "Customers": 5,
        "Customers with a paid order": 2,
        "Visits with a view": 1,
        "Conversion": 0,
    }


def test_what_counts_as_revenue_is_told(stream: EventStream) -> None:
    stream.deliver("one", visit("S1", "product_view"))
    stream.load()
    unload(stream, TABLES)

    found = section(stream)

    assert "Events from 2025-01-02 to 2025-01-02" in found.extent
    assert "paid or fulfilled, and not cancelled" in found.extent
    for name in ("revenue", "orders", "hours", "channels", "products", "countries"):
        assert "paid or fulfilled, and not cancelled" in picture(found, name).subtitle


def test_groups_have_the_amounts_of_their_paid_orders(stream: EventStream) -> None:
    stream.deliver("one", visit("S1", "product_view"))
    stream.load()
    unload(stream, TABLES)

    found = section(stream)

    def bars(name: str) -> list[list[tuple[str, float]]]:
        panels = map(values_of, picture(found, name).panels)
        return [[(each["name"], each["amount"]) for each in own] for own in panels]

    assert bars("channels") == [
        [("Google", 125.0), ("Email", 60.01)],
        [("Email", 10000.0)],
    ]
    assert bars("categories") == [
        [("Home", 100.0), ("Sports", 50.0)],
        [("Sports", 9000.0)],
    ]
    # Two products are called Lamp.
    assert bars("products") == [
        [("Lamp P1", 60.0), ("Ball", 50.0), ("Lamp P2", 40.0)],
        [("Ball", 9000.0)],
    ]
    assert bars("lifetime_values") == [[("1", 50.01), ("5", 100.0)], [("5", 9000.0)]]
    assert bars("segments")[1] == [("Champions", 100.0), ("Lost", 50.01)]
    assert {
        (row["customer_country"], row["revenue"])
        for row in picture(found, "countries").rows
    } == {
        ("DE", Decimal("125.00")),
        ("FR", Decimal("60.01")),
        ("JP", Decimal("10000.00")),
    }


def test_a_visit_is_counted_at_a_step_if_it_had_all_before(stream: EventStream) -> None:
    whole = ("product_view", "cart_add", "checkout_start", "order_create", "order_paid")
    stream.deliver(
        "one",
        [
            *visit("S1", *whole, "order_fulfilled"),
            *visit("S2", *whole, "order_cancelled"),
            *visit("S3", "product_view", "product_view", "cart_add", channel="Email"),
            # Its view was lost, and so was the cart of the next.
            *visit("S4", "cart_add"),
            *visit("S5", "product_view", "checkout_start"),
            view(6, session_id=None),
        ],
    )
    stream.load()
    unload(stream, TABLES)

    found = section(stream)

    funnel = picture(found, "funnel")
    assert [(row["step"], row["visits"]) for row in funnel.rows] == [
        ("Visit", 4),
        ("Cart", 3),
        ("Checkout", 2),
        ("Order", 2),
        ("Paid", 2),
        ("Fulfilled", 1),
    ]
    assert "1 visits without a view and 1 events of no visit" in funnel.subtitle
    figures = {each.name: each for each in found.figures}
    assert figures["Conversion"].value == Decimal("0.5")
    assert figures["Conversion"].is_share
    assert picture(found, "conversion").rows == [
        {
            "channel": "Google",
            "visits": 3,
            "paid": 2,
            "percent_of_visits": Decimal("66.7"),
        },
        {
            "channel": "Email",
            "visits": 1,
            "paid": 0,
            "percent_of_visits": Decimal("0.0"),
        },
    ]


def test_a_shop_without_an_order_yet_has_its_visits(stream: EventStream) -> None:
    stream.deliver("one", visit("S1", "product_view"))
    stream.load()
    unload(
        stream, {name: f"from ({query}) where false" for name, query in TABLES.items()}
    )

    found = section(stream)

    assert {each.name: each.value for each in found.figures} == {
        "Paid orders": 0,
        "Units sold": 0,
        "Customers": 0,
        "Customers with a paid order": 0,
        "Visits with a view": 1,
        "Conversion": 0,
    }
    assert len(found.pictures) == 11
