"""The charts of orders show what the views say."""

from datetime import date
from decimal import Decimal
from typing import Any

from salesetl.report import orders_charts
from salesetl.report.countries_chart import active_customers
from salesetl.report.rendering import png
from salesetl.report.retention_chart import retention
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
        (each["month"], each["revenue"], each["label"], each["is_complete"])
        for each in values_of(picture.panels[0])
    ] == [
        ("Jan 2025", 100.0, "", True),
        ("Feb 2025", 200.0, "−13%", True),
        ("Mar 2025", 300.0, "", False),
    ]


def test_of_many_months_only_the_last_twelve_have_labels() -> None:
    rows = [growth(1 + n % 12, "USD", "0.1") for n in range(36)]

    picture = orders_charts.revenue_and_growth(rows)

    labels = [each["label"] for each in values_of(picture.panels[0])]
    assert labels == [""] * 24 + ["+10%"] * 12


def test_growth_of_less_than_half_a_percent_has_no_sign_of_loss() -> None:
    picture = orders_charts.revenue_and_growth([growth(2, "USD", "-0.002")])

    [value] = values_of(picture.panels[0])
    assert value["label"] == "+0%"


def test_churn_that_is_not_known_yet_is_not_drawn() -> None:
    rows: list[dict[str, Any]] = [
        {
            "order_month_start": date(2025, month, 1),
            "churn_rate": rate,
            "is_complete_month": month > 1,
        }
        for month, rate in ((1, Decimal("0.25")), (2, Decimal("0.5")), (3, None))
    ]

    picture = orders_charts.churn(rows)

    assert values_of(picture.panels[0]) == [
        {"month": "Jan 2025*", "rate": 0.25, "label": "25.0%"},
        {"month": "Feb 2025", "rate": 0.5, "label": "50.0%"},
    ]


def test_charts_of_nothing_can_be_drawn() -> None:
    for picture in (retention([]), orders_charts.churn([]), active_customers([], [])):
        assert png(picture).startswith(b"\x89PNG")
