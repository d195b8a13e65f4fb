"""Months of which days are missing are told from the others."""

from decimal import Decimal
from typing import Any

from salesetl.report.months_chart import monthly_revenue
from tests.report.drawn import values_of


def month(number: int, *, is_complete: bool) -> dict[str, Any]:
    """Make a row of `monthly_trend`."""
    return {
        "currency": None,
        "year": 2025,
        "month": number,
        "total_revenue": Decimal("10.00"),
        "is_complete_month": is_complete,
    }


def test_a_month_of_which_days_are_missing_is_marked() -> None:
    rows = [month(n, is_complete=n in (10, 11)) for n in (9, 10, 11, 12)]

    picture = monthly_revenue(rows)

    marked = {
        each["month"]: each["is_whole"] for each in values_of(picture.panels[0], 0)
    }
    assert marked == {
        "Sep 2025": False,
        "Oct 2025": True,
        "Nov 2025": True,
        "Dec 2025": False,
    }
    assert picture.title == "Revenue by month, Sep–Dec 2025"
    assert "Dashed" in picture.subtitle


def test_the_line_is_dashed_to_and_from_a_month_of_which_days_are_missing() -> None:
    rows = [month(n, is_complete=n in (10, 11)) for n in (9, 10, 11, 12)]

    [panel] = monthly_revenue(rows).panels

    solid = [each["solid"] for each in values_of(panel, 0)]
    dashed = [(each["segment"], each["month"][:3]) for each in values_of(panel, 1)]
    assert solid == [None, 10.0, 10.0, None]
    assert dashed == [(1, "Sep"), (1, "Oct"), (3, "Nov"), (3, "Dec")]
    drawn = panel.chart.to_dict()["layer"][1]["mark"]
    assert drawn["strokeDash"] == [5, 4]


def test_nothing_is_dashed_where_all_months_are_whole() -> None:
    picture = monthly_revenue([month(n, is_complete=True) for n in (1, 2)])

    assert "Dashed" not in picture.subtitle
    marks = [each["mark"] for each in picture.panels[0].chart.to_dict()["layer"]]
    assert not any("strokeDash" in mark for mark in marks)


def test_a_month_without_sales_is_a_gap() -> None:
    picture = monthly_revenue([month(n, is_complete=True) for n in (1, 4)])

    drawn = [(each["month"], each["solid"]) for each in values_of(picture.panels[0], 0)]
    assert drawn == [
        ("Jan 2025", 10.0),
        ("Feb 2025", None),
        ("Mar 2025", None),
        ("Apr 2025", 10.0),
    ]
