"""Bars and columns of groups, each with its amount beside it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import altair as alt

from salesetl.report.picture import (
    COUNT,
    ROOM,
    WHOLE,
    Panel,
    amounts_axis,
    drawing,
    panel,
    roomy,
    short_text,
    where,
)

# What the label of a column needs.
_PIXELS = 42
# How many pixels a column has at most.
_WIDEST = 160
# What a label at the end of a bar needs: its distance, and each of its signs.
_DISTANCE, _SIGN = 8, 6.5
# How few pixels may be left to the bars.
_LEAST = 40
_SHOWN = 12
# How many pixels a name may have before it is cut.
_LIMIT = 130


def named_amount(name: str, amount: Decimal | int, **more: Any) -> dict[str, Any]:
    """Make the value of a bar."""
    text = f"{amount:,}" if isinstance(amount, int) else short_text(amount)
    return {
        "name": name,
        "amount": float(amount),
        "label": text,
        "is_up": amount >= 0,
        "is_down": amount < 0,
        **more,
    }


def bars(
    values: Sequence[dict[str, Any]],
    title: str = "",
    *,
    number: str = ",.2f",
    nothing: str = "",
    limit: int = _LIMIT,
) -> Panel:
    """Draw the first twelve values as bars below each other, with labels at their ends.

    The title tells how many more there are. A name is cut at `limit` pixels, or at half of a
    narrow drawing.
    """
    more = len(values[_SHOWN:])
    if more:
        told = f"{more} more are in the numbers"
        title, values = "; ".join(filter(None, (title, told))), values[:_SHOWN]
    base = drawing(values).encode(
        x=alt.X(
            "amount:Q",
            title=None,
            axis=alt.Axis(
                format=COUNT,
                labelOverlap=True,
                labelSeparation=6,
                labelBound=True,
                tickMinStep=1,
            ),
            scale=alt.Scale(domain=_ends(values), nice=False),
        ),
        y=alt.Y(
            "name:N",
            sort=None,
            title=None,
            axis=alt.Axis(labelLimit=alt.ExprRef(f"min({limit}, {WHOLE} * 0.5)")),
        ),
        tooltip=["name:N", alt.Tooltip("amount:Q", format=number)],
    )
    text = base.encode(text="label:N")
    right, left = (
        text.mark_text(align="left", dx=5),
        text.mark_text(align="right", dx=-5),
    )
    return panel(
        values,
        base.mark_bar(),
        *where(right, "is_up", values),
        *where(left, "is_down", values),
        title=title,
        nothing=nothing,
    )


def _ends(values: Sequence[dict[str, Any]]) -> list[Any]:
    """Return the ends of the scale: as far beyond the bars as the labels there need."""
    amounts = [0.0, *(value["amount"] for value in values)]
    low, high = min(amounts), max(amounts)
    if low == high:
        return [0, 1]
    left, right = (
        max((_pixels(value) for value in values if value[side]), default=0.0)
        for side in ("is_down", "is_up")
    )
    unit = f"{high - low} / max({ROOM} - {left + right}, {_LEAST})"
    return [
        alt.ExprRef(f"{low} - {left} * {unit}"),
        alt.ExprRef(f"{high} + {right} * {unit}"),
    ]


def _pixels(value: dict[str, Any]) -> float:
    return _DISTANCE + _SIGN * len(value["label"])


def columns(values: Sequence[dict[str, Any]], title: str = "") -> Panel:
    """Draw columns in the order of the values, with labels beyond their ends if there is room."""
    base = drawing(values).encode(
        x=alt.X(
            "name:N",
            sort=None,
            title=None,
            axis=alt.Axis(labelAngle=0, labelOverlap=True, labelSeparation=4),
        ),
        y=amounts_axis("amount"),
        tooltip=["name:N", alt.Tooltip("amount:Q", format=",.2f")],
    )
    text, opacity = base.encode(text="label:N"), roomy(len(values) * _PIXELS)
    return panel(
        values,
        base.mark_bar(size=alt.ExprRef(f"min(bandwidth('x'), {_WIDEST})")),
        *where(text.mark_text(dy=-7, opacity=opacity), "is_up", values),
        *where(text.mark_text(dy=8, opacity=opacity), "is_down", values),
        title=title,
    )
