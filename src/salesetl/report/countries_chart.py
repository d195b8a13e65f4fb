"""The chart of active customers by country."""

from __future__ import annotations

from collections import Counter
from typing import Any

import altair as alt

from salesetl.report.lines import DASHED, lines, month_value
from salesetl.report.periods import period_of
from salesetl.report.picture import COLOURS, Picture, Rows, named, panel, titled


def active_customers(rows: Rows, months: Rows) -> Picture:
    """Draw the active customers by month, of the countries with the most."""
    days = [month["order_month_start"] for month in months]
    values = _values(rows, months)
    drawn = lines(
        values,
        days,
        number=",",
        color=alt.Color("series:N", sort=None, title=None),
    )
    chosen = alt.selection_point(fields=["series"], bind="legend")
    faded = alt.condition(chosen, alt.value(1), alt.value(0.15))
    drawn = [layer.encode(opacity=faded) for layer in drawn]
    told = (
        f"Customers with a paid order, in the {COLOURS} countries with the most."
        f" {DASHED}"
    )
    return Picture(
        "active_customers_by_country",
        titled("Active customers by country", [], period_of(days)),
        told,
        [panel(values, *(layer.add_params(chosen) for layer in drawn[:1]), *drawn[1:])],
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
        month_value(
            month["order_month_start"],
            counts[country, month["order_month_start"]],
            "",
            is_whole=month["is_complete_month"],
        )
        | {"series": country}
        for country, _ in totals.most_common(COLOURS)
        for month in months
    ]
