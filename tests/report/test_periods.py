"""Periods are written short, and of many months only some have a label."""

from datetime import date
from typing import Any

import pytest

from salesetl.report.periods import months_axis, months_of, period_of


def months(count: int, first: int = 1) -> list[date]:
    """Return the first days of months from one of 2022 on."""
    return [
        date(2022 + n // 12, 1 + n % 12, 1) for n in range(first - 1, first - 1 + count)
    ]


@pytest.mark.parametrize(
    ("days", "text"),
    [
        ([], ""),
        ([date(2025, 11, 30), date(2025, 11, 1)], "Nov 2025"),
        ([date(2025, 12, 17), date(2025, 9, 19)], "Sep–Dec 2025"),
        ([date(2021, 12, 18), date(2025, 12, 17)], "Dec 2021–Dec 2025"),
    ],
)
def test_a_period_is_told_by_its_months(days: list[date], text: str) -> None:
    assert period_of(days) == text


def test_every_month_between_has_a_place() -> None:
    assert months_of([date(2025, 1, 31), date(2024, 11, 2)]) == [
        date(2024, 11, 1),
        date(2024, 12, 1),
        date(2025, 1, 1),
    ]


@pytest.mark.parametrize(
    ("count", "labelled"),
    [
        (12, None),
        (13, ["Jan 2022", "Apr 2022", "Jul 2022", "Oct 2022", "Jan 2023"]),
        (48, ["Jan 2022", "Jan 2023", "Jan 2024", "Jan 2025"]),
    ],
)
def test_of_many_months_only_quarters_or_years_have_labels(
    count: int, labelled: list[str] | None
) -> None:
    drawn: Any = months_axis(months(count)).to_dict()

    assert drawn["axis"].get("values") == labelled
    assert drawn["axis"]["labelOverlap"] is True
    assert len(drawn["scale"]["domain"]) == count
