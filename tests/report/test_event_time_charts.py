"""Paid orders over time: their parts, their number and their average value, by day or by week."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from salesetl.report.event_time_charts import hours, time_pictures
from tests.report.drawn import values_of

FIRST = date(2025, 1, 1)


def visits(days: int) -> list[dict[str, Any]]:
    """Make the days of visits."""
    return [{"event_date": FIRST + timedelta(days=n), "visits": 5} for n in range(days)]


def paid(
    day: int, amount: str, orders: int = 1, currency: str = "EUR"
) -> dict[str, Any]:
    """Make the paid orders of a day: of merchandise, a tax of 2.00 and shipping of 1.00."""
    return {
        "order_date": FIRST + timedelta(days=day),
        "currency": currency,
        "orders": orders,
        "merchandise": Decimal(amount),
        "tax": Decimal("2.00"),
        "shipping": Decimal("1.00"),
        "revenue": Decimal(amount) + 3,
    }


def test_the_parts_of_a_day_stand_on_top_of_each_other() -> None:
    revenue, _ = time_pictures(visits(2), [paid(0, "10.00")])

    [parts] = map(values_of, revenue.panels)

    assert revenue.title == "Revenue by day, EUR, Jan 2025"
    assert [(each["part"], each["low"], each["high"]) for each in parts] == [
        ("merchandise", 0.0, 10.0),
        ("tax", 10.0, 12.0),
        ("shipping", 12.0, 13.0),
    ]
    assert {(each["begin"], each["end"]) for each in parts} == {
        ("2024-12-31T14:24:00+00:00", "2025-01-01T09:36:00+00:00")
    }


def test_a_day_of_visits_alone_has_no_orders_and_no_average_value() -> None:
    _, orders = time_pictures(visits(3), [paid(0, "10.00", 3), paid(2, "7.00")])

    counts, values = map(values_of, orders.panels)

    assert [each["amount"] for each in counts] == [3.0, 0.0, 1.0]
    # 13.00 in three orders, to the cent.
    assert [(each["day"], each["amount"]) for each in values] == [
        ("2025-01-01", 4.33),
        ("2025-01-03", 10.0),
    ]


def test_orders_of_all_currencies_are_counted_and_their_amounts_never_added() -> None:
    revenue, orders = time_pictures(
        visits(1), [paid(0, "10.00"), paid(0, "500.00", 2, "JPY")]
    )

    assert [panel.title for panel in revenue.panels] == ["EUR", "JPY"]
    assert [panel.title for panel in orders.panels] == [
        "Paid orders",
        "Average order value in EUR",
        "Average order value in JPY",
    ]
    counts, euros, yen = map(values_of, orders.panels)
    assert [each["amount"] for each in (*counts, *euros, *yen)] == [3.0, 13.0, 251.5]


def test_very_many_days_are_drawn_by_week_whose_average_is_of_its_orders() -> None:
    # From a Wednesday on; both orders are in the week of Monday, 6 January.
    revenue, orders = time_pictures(
        visits(130), [paid(5, "1.00", 3), paid(11, "11.00", 1)]
    )

    [parts] = map(values_of, revenue.panels)
    counts, values = map(values_of, orders.panels)

    assert revenue.title.startswith("Revenue by week")
    assert [each["amount"] for each in parts] == [12.0, 4.0, 2.0]
    assert len(counts) == 19
    assert [each["amount"] for each in counts[:3]] == [0.0, 4.0, 0.0]
    assert [(each["day"], each["amount"]) for each in values] == [("2025-01-06", 4.5)]
    assert [row["revenue"] for row in revenue.rows] == [
        Decimal("4.00"),
        Decimal("14.00"),
    ]


def test_every_hour_of_the_day_has_a_column() -> None:
    rows = [{"order_hour": 9, "currency": "EUR", "revenue": Decimal(5)}]

    [columns] = map(values_of, hours(rows, "Jan 2025").panels)

    assert {each["name"]: each["amount"] for each in columns} == {
        f"{hour:02}": 5.0 if hour == 9 else 0.0 for hour in range(24)
    }
