"""The months of the newest year stand beside those of the year before."""

from datetime import date
from decimal import Decimal
from typing import Any

from salesetl.report.months_chart import month_of_orders
from salesetl.report.picture import Picture
from salesetl.report.years_chart import year_on_year
from tests.report.drawn import values_of


def row(day: date, currency: str, revenue: str, *, is_complete: bool = True) -> Any:
    """Make a row of a view of orders."""
    return {
        "order_month_start": day,
        "currency": currency,
        "revenue": Decimal(revenue),
        "is_complete_month": is_complete,
    }


def drawn(rows: list[Any]) -> list[Picture]:
    """Draw revenue year on year."""
    return year_on_year("years", rows, "revenue", "Paid orders", month_of_orders)


def test_twelve_months_are_not_compared_and_thirteen_are() -> None:
    year = [row(date(2024, month, 1), "EUR", "1.00") for month in range(1, 13)]

    assert drawn(year) == []
    [picture] = drawn([*year, row(date(2025, 1, 1), "EUR", "1.00")])
    assert picture.title == "Revenue year on year, EUR, Jan 2025 against 2024"


def test_each_currency_is_compared_with_itself_and_only_whole_months_grow() -> None:
    rows = [
        row(date(2023, 5, 1), "EUR", "9999.00"),
        row(date(2024, 1, 1), "EUR", "200.00"),
        row(date(2024, 3, 1), "EUR", "50.00"),
        row(date(2025, 1, 1), "EUR", "150.00"),
        row(date(2025, 2, 1), "EUR", "70.00"),
        row(date(2025, 3, 1), "EUR", "10.00", is_complete=False),
        row(date(2024, 1, 1), "USD", "-5.00"),
        row(date(2025, 1, 1), "USD", "7.00"),
    ]

    [picture] = drawn(rows)

    assert picture.title == "Revenue year on year, Jan–Mar 2025 against 2024"
    assert [panel.title for panel in picture.panels] == ["EUR", "USD"]
    euros, dollars = picture.panels
    assert [
        (each["month"], each["year"], each["amount"], each["is_whole"])
        for each in values_of(euros)
    ] == [
        ("Jan", "2024", 200.0, True),
        ("Jan", "2025", 150.0, True),
        ("Feb", "2025", 70.0, True),
        ("Mar", "2024", 50.0, True),
        ("Mar", "2025", 10.0, False),
    ]
    assert values_of(euros, 1) == [{"month": "Jan", "amount": 200.0, "label": "−25 %"}]
    # Growth on a loss is no share of it.
    assert len(dollars.chart.to_dict()["layer"]) == 1
    assert picture.rows[0] == {
        "currency": "EUR",
        "month": 1,
        "2024": Decimal("200.00"),
        "2025": Decimal("150.00"),
        "growth": "−25.0 %",
    }
    assert [each["growth"] for each in picture.rows[1:]] == ["", "", ""]
