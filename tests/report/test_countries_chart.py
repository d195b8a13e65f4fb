"""Active customers of countries are drawn in every month, also in those without any."""

from datetime import date
from typing import Any

from salesetl.report.countries_chart import active_customers
from tests.report.drawn import values_of

MONTHS: list[dict[str, Any]] = [
    {"order_month_start": date(2025, month, 1), "is_complete_month": month < 3}
    for month in (1, 2, 3)
]


def active(month: int, country: str | None, customers: int) -> dict[str, Any]:
    """Make a row of `active_customers_by_country`."""
    return {
        "order_month_start": date(2025, month, 1),
        "customer_country": country,
        "active_customers": customers,
    }


def test_a_month_without_customers_is_drawn_at_zero() -> None:
    rows = [active(1, "US", 7), active(3, None, 5), active(3, "unknown", 1)]

    picture = active_customers(rows, MONTHS)

    assert [
        (each["series"], each["month"], each["amount"])
        for each in values_of(picture.panels[0])
    ] == [
        ("US", "Jan 2025", 7),
        ("US", "Feb 2025", 0),
        ("US", "Mar 2025", 0),
        ("unknown", "Jan 2025", 0),
        ("unknown", "Feb 2025", 0),
        ("unknown", "Mar 2025", 6),
    ]


def test_no_more_countries_are_drawn_than_there_are_colours() -> None:
    rows = [active(1, f"C{n}", n) for n in range(1, 10)]

    picture = active_customers(rows, MONTHS)

    drawn = [each["series"] for each in values_of(picture.panels[0])][::3]
    assert drawn == ["C9", "C8", "C7", "C6", "C5", "C4"]
    assert picture.rows == rows
