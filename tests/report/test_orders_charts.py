"""The charts of orders show what the views say."""

from datetime import date
from decimal import Decimal
from typing import Any

from salesetl.report import orders_charts
from salesetl.report.rendering import png
from tests.report.drawn import values_of


def growth(month: int, currency: str, rate: str | None, **more: Any) -> dict[str, Any]:
    """Make a row of `revenue_mom`."""
    return {
        "order_month_start": date(2025, month, 1),
        "currency": currency,
        "revenue": Decimal(100 * month),
        "revenue_growth_rate": None if rate is None else Decimal(rate),
        "is_complete_month": True,
        **more,
    }


def test_every_currency_has_a_panel_of_its_own() -> None:
    rows = [
        growth(1, "USD", None),
        growth(1, "EUR", None),
        growth(2, "EUR", "-0.125"),
        growth(3, "EUR", None, is_complete_month=False),
    ]

    picture = orders_charts.revenue_and_growth(rows)

    assert [panel.title for panel in picture.panels] == ["EUR", "USD"]
    assert [
        (each["month"], each["revenue"], each["growth"], each["is_complete"])
        for each in values_of(picture.panels[0])
    ] == [
        ("Jan 2025", 100.0, "", True),
        ("Feb 2025", 200.0, "-12%", True),
        ("Mar 2025", 300.0, "", False),
    ]


def test_retention_leaves_out_the_month_in_which_it_is_everybody() -> None:
    rows = [
        {
            "cohort_month": date(2025, 1, 1),
            "months_since_cohort": months,
            "cohort_size": 1200,
            "active_customers": 1200 // (months + 1),
            "retention_rate": Decimal(1) / (months + 1),
        }
        for months in range(15)
    ]

    picture = orders_charts.retention(rows)

    values = values_of(picture.panels[0])
    assert [each["months"] for each in values] == list(range(1, 13))
    assert values[0]["cohort"] == "Jan 2025 (1,200)"
    assert values[0]["rate"] == 0.5


def test_churn_that_is_not_known_yet_is_not_drawn() -> None:
    rows: list[dict[str, Any]] = [
        {"order_month_start": date(2025, 1, 1), "churn_rate": Decimal("0.25")},
        {"order_month_start": date(2025, 2, 1), "churn_rate": None},
    ]

    picture = orders_charts.churn(rows)

    assert values_of(picture.panels[0]) == [{"month": "Jan 2025", "rate": 0.25}]


def test_a_country_without_customers_in_a_month_is_drawn_at_zero() -> None:
    rows = [
        {
            "order_month_start": date(2025, month, 1),
            "customer_country": country,
            "active_customers": 7,
        }
        for month, country in ((1, "US"), (2, None))
    ]

    picture = orders_charts.active_customers(rows)

    assert [
        (each["country"], each["month"], each["customers"])
        for each in values_of(picture.panels[0])
    ] == [
        ("US", "Jan 2025", 7),
        ("US", "Feb 2025", 0),
        ("unknown", "Jan 2025", 0),
        ("unknown", "Feb 2025", 7),
    ]


def test_charts_of_nothing_can_be_drawn() -> None:
    for draw in (
        orders_charts.retention,
        orders_charts.churn,
        orders_charts.active_customers,
    ):
        assert png(draw([])).startswith(b"\x89PNG")
