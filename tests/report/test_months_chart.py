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
