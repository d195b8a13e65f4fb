"""The charts of amounts by day, or by week where there are very many days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import altair as alt

from salesetl.report.picture import Panel, amounts_axis, drawing, panel

# A line over more days is drawn by week.
_MOST_DAYS = 120
# Over fewer days, every day has its tick: others would fall between days.
_MANY_DAYS = 40
_MONDAY = date(1900, 1, 1)
# Days are midnights in UTC, wherever the page is read.
_UTC = alt.Scale(type="utc")


def by_day(days: Sequence[tuple[date, Decimal]]) -> Panel:
    """Draw an amount as a line over days, or over weeks if there are very many."""
    if is_by_week(days):
        weeks: dict[date, Decimal] = {}
        for day, amount in days:
            monday = monday_of(day)
            weeks[monday] = weeks.get(monday, Decimal(0)) + amount
        days = sorted(weeks.items())
    return line_of_days(days)


def is_by_week(days: Sequence[object]) -> bool:
    """Tell whether so many days are drawn by week."""
    return len(days) > _MOST_DAYS


def monday_of(day: date) -> date:
    """Return the day on which the week of a day begins."""
    return date.fromordinal(day.toordinal() - (day - _MONDAY).days % 7)


def line_of_days(
    days: Sequence[tuple[date, Decimal | int]],
    title: str = "",
    *,
    number: str = ",.2f",
) -> Panel:
    """Draw an amount as a line over days, or over the days on which weeks begin."""
    values = [{"day": day.isoformat(), "amount": float(amount)} for day, amount in days]
    span = (days[-1][0] - days[0][0]).days if days else 0
    base = drawing(values).encode(
        x=alt.X("day:T", title=None, scale=_UTC, axis=_days_axis(span)),
        y=amounts_axis("amount"),
    )
    tooltip = [
        alt.Tooltip("day:T", timeUnit="utcyearmonthdate", format="%a %d %b %Y"),
        alt.Tooltip("amount:Q", format=number),
    ]
    return panel(
        values,
        base.mark_area(opacity=0.12),
        base.mark_line(),
        base.mark_point(size=26, filled=True).encode(tooltip=tooltip),
        title=title,
    )


def parts_of_days(
    days: Sequence[tuple[date, Mapping[str, Decimal]]], length: int, title: str = ""
) -> Panel:
    """Draw the parts of an amount on top of each other, as columns of so many days."""
    values: list[dict[str, Any]] = []
    for day, parts in days:
        top = Decimal(0)
        for name, amount in parts.items():
            values.append(
                {
                    "day": day.isoformat(),
                    "begin": _moment(day, -length),
                    "end": _moment(day, length),
                    "part": name,
                    "amount": float(amount),
                    "low": float(top),
                    "high": float(top + amount),
                }
            )
            top += amount
    span = (days[-1][0] - days[0][0]).days if days else 0
    base = drawing(values).encode(
        x=alt.X("begin:T", title=None, scale=_UTC, axis=_days_axis(span)),
        x2="end:T",
        y=amounts_axis("low"),
        y2="high:Q",
        color=alt.Color("part:N", sort=None, title=None),
        tooltip=[
            alt.Tooltip("day:T", timeUnit="utcyearmonthdate", format="%a %d %b %Y"),
            "part:N",
            alt.Tooltip("amount:Q", format=",.2f"),
        ],
    )
    return panel(values, base.mark_bar(), title=title)


def _moment(day: date, length: int) -> str:
    """Write an end of a column of so many days around a day: two fifths of them away from it."""
    moment = datetime.combine(day, time(), UTC) + timedelta(days=length) * 0.4
    return moment.isoformat()


def _days_axis(span: int) -> alt.Axis:
    ticks: Any = {"interval": "day", "step": 1} if span < _MANY_DAYS else alt.Undefined
    return alt.Axis(format="%d %b", labelOverlap=True, grid=False, tickCount=ticks)
