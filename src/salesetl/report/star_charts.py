"""What the parts on stars share: revenue over time and by group, and totals of all days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from salesetl.report.bars import bars, named_amount
from salesetl.report.daily_chart import by_day, is_by_week
from salesetl.report.figures import Figure
from salesetl.report.picture import Panel, Picture, Rows, named, titled

Found = Mapping[str, Rows]


def no_figures(_: Found) -> list[Figure]:
    """Return no figures of a month: the days of a star may be few."""
    return []


def totals_of(totals: Mapping[str, Decimal | int], days: list[date]) -> list[Figure]:
    """Return figures of all days."""
    return [
        Figure(name, max(days), value, None, since=min(days))
        for name, value in totals.items()
    ]


def revenue_by_day(name: str, rows: Rows, day: str, period: str) -> Picture:
    """Draw revenue over time."""
    unit = "week" if is_by_week(rows) else "day"
    return Picture(
        name,
        titled(f"Revenue by {unit}", [], period),
        "Sum of what was sold, less returns",
        [by_day([(row[day], row["revenue"]) for row in rows])],
        rows,
    )


def ranked(rows: Rows, column: str) -> Panel:
    """Draw the revenue of groups, the highest first."""
    return bars([named_amount(named(row[column]), row["revenue"]) for row in rows])
