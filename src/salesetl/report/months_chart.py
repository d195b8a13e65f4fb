"""The chart of revenue by month."""

from __future__ import annotations

from datetime import date
from typing import Any

import altair as alt

from salesetl.report.picture import (
    Panel,
    Picture,
    Rows,
    amounts_axis,
    by_currency,
    drawing,
    month_of,
    months_axis,
    panel,
    short_text,
    where,
    with_last_labels,
)

REVENUE = "Net revenue: sales less returns"


def monthly_revenue(rows: Rows) -> Picture:
    """Draw the net revenue of each month; an incomplete month has a hollow point."""
    return Picture(
        "monthly_revenue",
        "Revenue by month",
        f"{REVENUE}. A hollow point: days of this month are missing in the lake",
        by_currency(rows, lambda own, currency: [_months(own, currency)]),
        rows,
    )


def _months(rows: Rows, currency: str) -> Panel:
    values = _values(rows)
    base = drawing(values).encode(
        x=months_axis(),
        y=amounts_axis("revenue"),
        tooltip=["month:O", alt.Tooltip("revenue:Q", format=",.2f")],
    )
    layers = [
        base.mark_line(),
        *where(base.mark_point(filled=True, size=80), "is_whole", values),
        *where(base.mark_point(size=80), "is_partial", values),
        *where(base.mark_text(dy=-14).encode(text="label:N"), "is_whole", values),
        # Below, for the line comes from above or goes there.
        *where(base.mark_text(dy=18).encode(text="label:N"), "is_partial", values),
    ]
    return panel(values, *layers, title=currency)


def _values(rows: Rows) -> list[dict[str, Any]]:
    values = []
    for row in rows:
        is_whole = row["is_complete_month"]
        revenue = row["total_revenue"]
        values.append(
            {
                "month": month_of(date(row["year"], row["month"], 1)),
                "revenue": float(revenue),
                "is_whole": is_whole,
                "is_partial": not is_whole,
                "label": short_text(revenue) + ("" if is_whole else " partial"),
            }
        )
    return with_last_labels(values)
