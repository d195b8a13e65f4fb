"""The chart of revenue by month."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import altair as alt

from salesetl.report.picture import (
    COUNT,
    SHORT,
    Picture,
    Row,
    Rows,
    drawing,
    month_of,
    months_axis,
    panel,
)

REVENUE = "Net revenue: sales less returns"


def monthly_revenue(rows: Rows, extent: Row) -> Picture:
    """Draw the net revenue of each month; one of which days are missing is hollow."""
    values = [
        {
            "month": month_of(date(row["year"], row["month"], 1)),
            "revenue": float(row["total_revenue"]),
            "is_whole": is_whole_month(row, extent),
        }
        for row in rows
    ]
    base = drawing(values).encode(
        x=months_axis(),
        y=alt.Y("revenue:Q", title=None, axis=alt.Axis(format=COUNT)),
        tooltip=["month:O", alt.Tooltip("revenue:Q", format=",.2f")],
    )
    whole = base.transform_filter("datum.is_whole")
    partial = base.transform_filter("!datum.is_whole")
    note = f"format(datum.revenue, '{SHORT}') + ' partial'"
    layers = [
        base.mark_line(),
        whole.mark_point(filled=True, size=80),
        whole.mark_text(dy=-14).encode(text=alt.Text("revenue:Q", format=SHORT)),
        partial.mark_point(size=80),
        # Below, for the line comes from above or goes there.
        partial.transform_calculate(note=note).mark_text(dy=18).encode(text="note:N"),
    ]
    return Picture(
        "monthly_revenue",
        "Revenue by month",
        f"{REVENUE}; hollow: the lake has not all days of the month",
        [panel(values, *layers)],
        rows,
    )


def is_whole_month(row: Row, extent: Row) -> bool:
    """Tell whether all days of a month are between the first and the last sale of the lake."""
    year, month = row["year"], row["month"]
    last = date(year, month, monthrange(year, month)[1])
    return bool(
        extent["first_date"] <= date(year, month, 1) and last <= extent["last_date"]
    )
