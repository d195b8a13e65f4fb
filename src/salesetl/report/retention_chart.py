"""The chart of retention."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import altair as alt

from salesetl.report.periods import marked, period_of
from salesetl.report.picture import Picture, Rows, drawing, panel, titled, where

# There is room for no more of them.
_MONTHS_SHOWN = 12

# Share of the highest rate from which on a cell is so dark that only white can be read on it.
_DARK = Decimal("0.85")


def retention(rows: Rows) -> Picture:
    """Draw the share of each cohort that paid again, by months since, as a heat map."""
    values = _values(rows)
    base = drawing(values).encode(
        x=alt.X(
            "months:O",
            title="months since the first paid order",
            axis=alt.Axis(labelAngle=0, orient="top"),
        ),
        y=alt.Y("cohort:N", sort=None, title=None),
        tooltip=[
            "cohort:N",
            "months:O",
            alt.Tooltip("rate:Q", format=".1%"),
            alt.Tooltip("customers:Q", format=","),
        ],
    )
    colour = alt.Color("rate:Q", legend=None, scale=alt.Scale(domainMin=0))
    text = base.mark_text().encode(text=alt.Text("rate:Q", format=".0%"))
    drawn = panel(
        values,
        base.mark_rect().encode(color=colour),
        *where(text, "is_light", values),
        *where(text.encode(color=alt.value("white")), "is_dark", values),
    )
    return Picture(
        "retention",
        titled("Retention", [], period_of(_cohorts(rows))),
        "Share of the customers of a month's first paid orders (their number) who paid again, for"
        f" the last {_MONTHS_SHOWN} months. *: incomplete month",
        [drawn],
        rows,
    )


def _values(rows: Rows) -> list[dict[str, Any]]:
    cohorts = _cohorts(rows)
    drawn = [
        row
        for row in rows
        # In month 0 it is everybody.
        if 0 < row["months_since_cohort"] <= _MONTHS_SHOWN
        and row["cohort_month"] in cohorts
    ]
    highest = max((row["retention_rate"] for row in drawn), default=0)
    return [
        {
            "cohort": f"{marked(row, 'cohort_month')} ({row['cohort_size']:,})",
            "months": row["months_since_cohort"],
            "rate": float(row["retention_rate"]),
            "customers": row["active_customers"],
            "is_dark": row["retention_rate"] > highest * _DARK,
            "is_light": row["retention_rate"] <= highest * _DARK,
        }
        for row in sorted(drawn, key=lambda row: row["cohort_month"])
    ]


def _cohorts(rows: Rows) -> list[Any]:
    """Return the months of the cohorts that are drawn."""
    return sorted({row["cohort_month"] for row in rows})[-_MONTHS_SHOWN:]
