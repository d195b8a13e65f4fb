"""Months and periods as texts, and the axis of months."""

from __future__ import annotations

from calendar import month_abbr
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import altair as alt

from salesetl.report.picture import Row

# Up to so many months all have a label on the axis, and up to so many the first of a quarter.
_ALL, _QUARTERS = 12, 36


def month_of(day: date) -> str:
    """Write the month of a day, such as Sep 2025."""
    return f"{month_abbr[day.month]} {day.year}"


def period_of(days: Sequence[date]) -> str:
    """Write from which month to which days are, such as Sep–Dec 2025; empty without days."""
    if not days:
        return ""
    first, last = min(days), max(days)
    if (first.year, first.month) == (last.year, last.month):
        return month_of(last)
    begin = month_abbr[first.month] if first.year == last.year else month_of(first)
    return f"{begin}–{month_of(last)}"


def marked(row: Row, column: str) -> str:
    """Write the month of a row with an asterisk if days of it are missing."""
    return month_of(row[column]) + ("" if row["is_complete_month"] else "*")


def months_of(days: Sequence[date]) -> list[date]:
    """Return the first day of every month from that of the first day to that of the last."""
    months: list[date] = []
    if days:
        month, last = min(days).replace(day=1), max(days)
        while month <= last:
            months.append(month)
            month = (month + timedelta(days=31)).replace(day=1)
    return months


def months_axis(days: Sequence[date]) -> alt.X:
    """Encode the texts of months, also of those without rows; of many, not all have a label."""
    months = months_of(days)
    every = 1 if len(months) <= _ALL else 3 if len(months) <= _QUARTERS else 12
    labelled = [month_of(each) for each in months if (each.month - 1) % every == 0]
    more: dict[str, Any] = {} if every == 1 else {"values": labelled}
    return alt.X(
        "month:O",
        title=None,
        scale=alt.Scale(domain=[month_of(each) for each in months]),
        axis=alt.Axis(labelAngle=0, labelOverlap=True, **more),
    )
