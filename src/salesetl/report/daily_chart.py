"""The chart of an amount by day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import altair as alt

from salesetl.report.picture import Panel, amounts_axis, drawing, panel

# A line over more days is drawn by week.
_MOST_DAYS = 120
# Over fewer days, every day has its tick: others would fall between days.
_MANY_DAYS = 40
_MONDAY = date(1900, 1, 1)


def by_day(days: Sequence[tuple[date, Decimal]]) -> Panel:
    """Draw an amount as a line over days, or over weeks if there are very many."""
    if len(days) > _MOST_DAYS:
        weeks: dict[date, Decimal] = {}
        for day, amount in days:
            monday = date.fromordinal(day.toordinal() - (day - _MONDAY).days % 7)
            weeks[monday] = weeks.get(monday, Decimal(0)) + amount
        days = sorted(weeks.items())
    span = (days[-1][0] - days[0][0]).days if days else 0
    ticks: Any = {"interval": "day", "step": 1} if span < _MANY_DAYS else alt.Undefined
    values = [{"day": day.isoformat(), "amount": float(amount)} for day, amount in days]
    base = drawing(values).encode(
        x=alt.X(
            "day:T",
            title=None,
            axis=alt.Axis(
                format="%d %b", labelOverlap=True, grid=False, tickCount=ticks
            ),
        ),
        y=amounts_axis("amount"),
    )
    tooltip = [
        alt.Tooltip("day:T", format="%a %d %b %Y"),
        alt.Tooltip("amount:Q", format=",.2f"),
    ]
    return panel(
        values,
        base.mark_area(opacity=0.12),
        base.mark_line(),
        base.mark_point(size=26, filled=True).encode(tooltip=tooltip),
    )


def is_by_week(days: Sequence[object]) -> bool:
    """Tell whether so many days are drawn by week."""
    return len(days) > _MOST_DAYS
