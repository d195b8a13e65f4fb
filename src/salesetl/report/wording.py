"""Formats numbers, months and names for the page."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from salesetl.display import CALENDAR
from salesetl.report.figures import Figure
from salesetl.report.periods import month_of, period_of
from salesetl.report.shares import growth_text, moment, percent, words


def value_text(figure: Figure) -> str:
    """Write the value of a figure: 12,345 or 12,345.60 or 12.3 %."""
    if figure.is_share:
        return percent(Decimal(figure.value))
    return f"{figure.value:,}"


def change_text(figure: Figure) -> str:
    """Write how a figure has changed: +3.4 %, or −1.2 points of a share; empty where unknown."""
    if figure.change is None:
        return ""
    text = growth_text(figure.change)
    return text.replace(" %", " points") if figure.is_share else text


def when_text(figure: Figure) -> str:
    """Write of which month or months a figure is."""
    if figure.since:
        return period_of([figure.since, figure.month])
    return month_of(figure.month) + ("" if figure.is_whole else ", not complete")


def cell_text(value: Any, column: str = "") -> str:
    """Write a value of a column in a table; null is empty, and a year has no thousands."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Decimal) and column not in CALENDAR:
        return f"{value:,}"
    return "" if value is None else str(value)


def is_number(value: Any) -> bool:
    """Tell whether a value is a number that is compared with others in its column."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


FILTERS = {
    each.__name__: each
    for each in (
        value_text,
        change_text,
        when_text,
        cell_text,
        is_number,
        words,
        moment,
    )
}
