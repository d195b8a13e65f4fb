"""The charts of orders show what the views say."""

from datetime import date
from decimal import Decimal
from typing import Any

from salesetl.report import orders_charts
from salesetl.report.categories_chart import categories_by_revenue, categories_by_units
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

    assert picture.title == "Churn, Jan–Feb 2025"
    assert [
        (each["month"], each["amount"], each["label"], each["is_whole"])
        for each in values_of(picture.panels[0])
    ] == [("Jan 2025", 0.25, "25.0%", False), ("Feb 2025", 0.5, "50.0%", True)]


def test_charts_of_nothing_can_be_drawn() -> None:
    for picture in (retention([]), orders_charts.churn([]), active_customers([], [])):
        assert png(picture).startswith(b"\x89PNG")


def category(month: int, name: str, currency: str, revenue: str, units: int) -> Any:
    """Make a row of `category_sales_monthly`."""
    return {
        "order_month_start": date(2025, month, 1),
        "currency": currency,
        "category": name,
        "revenue": Decimal(revenue),
        "units_sold": units,
    }


def test_categories_add_up_months_and_only_units_of_all_currencies() -> None:
    rows = [
        category(1, "home", "EUR", "10.00", 1),
        category(2, "home", "EUR", "5.10", 2),
        category(2, "toys", "EUR", "20.00", 1),
        category(2, "home", "USD", "99.00", 4),
    ]

    revenue, units = categories_by_revenue(rows), categories_by_units(rows)

    assert revenue.title == "Categories by revenue, Jan–Feb 2025"
    assert [
        (panel.title, each["name"], each["amount"])
        for panel in revenue.panels
        for each in values_of(panel)
    ] == [("EUR", "toys", 20.0), ("EUR", "home", 15.1), ("USD", "home", 99.0)]
    assert units.rows == [
        {"category": "home", "units_sold": 7},
        {"category": "toys", "units_sold": 1},
    ]


def test_an_average_order_value_is_a_line_for_each_currency_with_gaps() -> None:
    rows = [
        {
            "order_month_start": date(2025, month, 1),
            "currency": currency,
            "avg_order_value": None if value is None else Decimal(value),
            "is_complete_month": month < 4,
        }
        for month, currency, value in (
            (1, "EUR", "50.00"),
            (3, "EUR", "70.00"),
            (4, "EUR", None),
            (2, "USD", "20.00"),
        )
    ]

    picture = orders_charts.order_values(rows)

    assert picture.title == "Average order value by month, Jan–Apr 2025"
    assert [
        [each["amount"] for each in values_of(panel)] for panel in picture.panels
    ] == [[50.0, None, 70.0, None], [None, 20.0, None, None]]
