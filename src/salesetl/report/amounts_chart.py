"""The chart of how amounts are distributed."""

from __future__ import annotations

import altair as alt

from salesetl.report.amounts import distribution
from salesetl.report.picture import (
    COUNT,
    Panel,
    Picture,
    Rows,
    by_currency,
    drawing,
    panel,
    titled,
)


def transaction_amounts(rows: Rows, period: str) -> Picture:
    """Draw the number of sales in each bin of amounts, with mean and median."""
    return Picture(
        "transaction_amounts",
        titled("Transaction amounts", rows, period),
        "Sales by amount, returns left out",
        by_currency(rows, lambda own, currency: [_amounts(own, currency)]),
        rows,
    )


def _amounts(rows: Rows, currency: str) -> Panel:
    found = distribution(rows)
    bins = drawing(
        [
            {
                "low": float(each["from"]),
                "high": float(each["to"]),
                "sales": each["sales"],
            }
            for each in found.bins
        ]
    ).encode(
        x=alt.X("low:Q", bin="binned", title="amount", axis=alt.Axis(format=COUNT)),
        x2="high:Q",
        y=alt.Y("sales:Q", title="sales", axis=alt.Axis(format=COUNT, tickMinStep=1)),
        tooltip=[
            alt.Tooltip("low:Q", title="from", format=",.2f"),
            alt.Tooltip("high:Q", title="below", format=",.2f"),
            alt.Tooltip("sales:Q", format=","),
        ],
    )
    averages = {"mean": found.mean, "median": found.median}
    rules = (
        drawing(
            [
                {"name": f"{name} {value:,.2f}", "amount": float(value)}
                for name, value in averages.items()
            ]
        )
        .mark_rule(strokeWidth=2, strokeDash=[6, 3])
        .encode(x="amount:Q", color=alt.Color("name:N", sort=None, title=None))
    )
    beyond = f"; {found.beyond:,} above are not drawn" if found.beyond else ""
    told = f"standard deviation {found.deviation:,.2f}{beyond}"
    title = ": ".join(filter(None, (currency, told)))
    return panel(found.bins, bins.mark_bar(opacity=0.6), rules, title=title)
