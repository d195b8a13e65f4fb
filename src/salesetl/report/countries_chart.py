"""The chart of active customers by country."""

from __future__ import annotations

from collections import Counter
from typing import Any

import altair as alt

from salesetl.report.picture import (
    COLOURS,
    Picture,
    Rows,
    amounts_axis,
    drawing,
    marked,
    months_axis,
    named,
    panel,
)


def active_customers(rows: Rows, months: Rows) -> Picture:
    """Draw the active customers by month, of the countries with the most."""
    values = _values(rows, months)
    chosen = alt.selection_point(fields=["country"], bind="legend")
    base = drawing(values).encode(
        x=months_axis(),
        y=amounts_axis("customers"),
        color=alt.Color("country:N", sort=None, title=None),
        opacity=alt.condition(chosen, alt.value(1), alt.value(0.15)),
        tooltip=["country:N", "month:O", alt.Tooltip("customers:Q", format=",")],
    )
    return Picture(
        "active_customers_by_country",
        "Active customers by country",
        f"Customers with a paid order, in the {COLOURS} countries with the most. *: incomplete"
        " month",
        [panel(values, base.mark_line(point=True).add_params(chosen))],
        rows,
    )


def _values(rows: Rows, months: Rows) -> list[dict[str, Any]]:
    counts: Counter[tuple[str, Any]] = Counter()
    totals: Counter[str] = Counter()
    for row in rows:
        country, customers = named(row["customer_country"]), row["active_customers"]
        counts[country, row["order_month_start"]] += customers
        totals[country] += customers
    return [
        {
            "country": country,
            "month": marked(month, "order_month_start"),
            "customers": counts[country, start],
        }
        for country, _ in totals.most_common(COLOURS)
        for month in months
        for start in [month["order_month_start"]]
    ]
