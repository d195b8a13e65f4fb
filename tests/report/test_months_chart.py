"""Months of which days are missing are told from the others."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from salesetl.report.months_chart import is_whole_month, monthly_revenue
from tests.report.drawn import values_of

AUTUMN = {"first_date": date(2025, 9, 19), "last_date": date(2025, 12, 30)}


def month(year: int, number: int, revenue: str = "10.00") -> dict[str, Any]:
    """Make a row of `monthly_trend`."""
    return {"year": year, "month": number, "total_revenue": Decimal(revenue)}


def test_a_month_of_which_days_are_missing_is_marked() -> None:
    rows = [month(2025, number) for number in (9, 10, 11, 12)]

    picture = monthly_revenue(rows, AUTUMN)

    marked = {
        each["month"]: each["is_whole"] for each in values_of(picture.panels[0], 0)
    }
    assert marked == {
        "Sep 2025": False,
        "Oct 2025": True,
        "Nov 2025": True,
        "Dec 2025": False,
    }


@pytest.mark.parametrize(
    ("first", "last", "is_whole"),
    [
        ("2024-02-01", "2024-02-29", True),
        ("2024-02-01", "2024-02-28", False),
        ("2024-02-02", "2024-03-31", False),
        ("2024-01-31", "2024-03-01", True),
    ],
)
def test_a_month_is_whole_if_the_lake_reaches_over_it(
    first: str, last: str, is_whole: bool
) -> None:
    extent = {
        "first_date": date.fromisoformat(first),
        "last_date": date.fromisoformat(last),
    }

    assert is_whole_month(month(2024, 2), extent) == is_whole
