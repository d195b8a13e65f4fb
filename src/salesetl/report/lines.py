"""Lines over months, dashed where a month is incomplete."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby, pairwise
from typing import Any

import altair as alt

from salesetl.report.periods import month_of, months_axis, months_of
from salesetl.report.picture import COUNT, drawing, roomy, where

Values = list[dict[str, Any]]

DASHED = "Dashed, with a hollow point: days of this month are missing in the lake"
_DASHES = [5, 4]
# What the label of a month needs.
_PIXELS = 44


def month_value(
    day: date, amount: Any, label: str, *, is_whole: bool
) -> dict[str, Any]:
    """Make the value of a month; `amount` is None where nothing is known of it."""
    number = None if amount is None else float(amount)
    return {
        "month": month_of(day),
        "amount": number,
        "label": label,
        "is_whole": is_whole,
        "is_partial": not is_whole,
        # The line of whole months has a gap where another is.
        "solid": number if is_whole else None,
    }


def with_gaps(values: Values, days: Sequence[date]) -> Values:
    """Put the months between that have no value into values, so that the line has gaps there."""
    known = {value["month"]: value for value in values}
    return [
        known.get(month_of(day)) or month_value(day, None, "", is_whole=True)
        for day in months_of(days)
    ]


def lines(
    values: Values,
    days: Sequence[date],
    *,
    number: str = ",.2f",
    axis: str = COUNT,
    domain: Any = alt.Undefined,
    **encodings: Any,
) -> list[alt.Chart]:
    """Draw a line over the months of some days, with the labels of its values if there is room.

    Values with a `series` are a line each. `number` is the format of a value in the tooltip, `axis`
    that of the axis, `domain` its ends.
    """

    def y(field: str) -> alt.Y:
        scale = alt.Scale(domain=domain)
        return alt.Y(f"{field}:Q", title=None, axis=alt.Axis(format=axis), scale=scale)

    def layer(rows: Values, field: str = "amount") -> alt.Chart:
        return drawing(rows).encode(x=months_axis(days), y=y(field), **encodings)

    known = [value for value in values if value["amount"] is not None]
    dashed = list(_dashed(values))
    tooltip: list[Any] = [
        *(["series:N"] if any("series" in value for value in known) else []),
        "month:O",
        alt.Tooltip("amount:Q", format=number),
    ]
    points = layer(known).encode(tooltip=tooltip)
    labelled = [value for value in known if value["label"]]
    opacity = roomy(len(months_of(days)) * _PIXELS)
    # Below an incomplete month, for the line comes from above or goes there.
    dy = alt.ExprRef("datum.is_whole ? -13 : 18")
    text = layer(labelled).mark_text(dy=dy, opacity=opacity)
    stroke = layer(dashed).mark_line(strokeDash=_DASHES).encode(detail="segment:N")
    is_drawn = any(value["solid"] is not None for value in values)
    return [
        # Without a value, the library would warn of a scale without extent.
        *([layer(values, "solid").mark_line()] if is_drawn else []),
        *([stroke] if dashed else []),
        *where(points.mark_point(filled=True, size=60), "is_whole", known),
        *where(points.mark_point(size=60), "is_partial", known),
        *([text.encode(text="label:N")] if labelled else []),
    ]


def _dashed(values: Values) -> Iterator[dict[str, Any]]:
    """Give both ends of each piece of a line that has an incomplete month at one of them."""
    number = 0
    for _, own in groupby(values, lambda value: value.get("series")):
        for ends in pairwise(own):
            number += 1
            is_known = all(end["amount"] is not None for end in ends)
            if is_known and any(end["is_partial"] for end in ends):
                yield from (end | {"segment": number} for end in ends)
