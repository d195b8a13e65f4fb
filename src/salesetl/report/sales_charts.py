"""The six charts of sales."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import altair as alt

from salesetl.report.amounts_chart import transaction_amounts
from salesetl.report.months_chart import REVENUE, monthly_revenue
from salesetl.report.picture import (
    COUNT,
    Panel,
    Picture,
    Rows,
    amounts_axis,
    by_currency,
    drawing,
    in_currency,
    named,
    panel,
    short_text,
    where,
)

# What the charts are drawn from: queries in sql/athena.
SALES_QUERIES = (
    "revenue_by_region",
    "revenue_by_product",
    "monthly_trend",
    "row_count",
    "revenue_by_tier",
    "revenue_by_age_group",
    "sales_by_amount",
)
_PRODUCTS_SHOWN = 10
_OF_AGES = {"total_revenue": "Net revenue", "avg_transaction_value": "A transaction"}
_SHARES = {"revenue": "total_revenue", "customers": "customer_count"}


def sales_pictures(found: Mapping[str, Rows]) -> list[Picture]:
    """Draw the charts of sales from the rows of `SALES_QUERIES`."""
    tiers, ages = found["revenue_by_tier"], found["revenue_by_age_group"]
    # Where no customers are delivered, there is nothing to show of them.
    of_tiers = any(row["membership_tier"] is not None for row in tiers)
    of_ages = any(row["age_group"] is not None for row in ages)
    return [
        monthly_revenue(found["monthly_trend"]),
        revenue_by_region(found["revenue_by_region"]),
        top_products(found["revenue_by_product"]),
        *([membership_tiers(tiers)] if of_tiers else []),
        transaction_amounts(found["sales_by_amount"]),
        *([age_groups(ages)] if of_ages else []),
    ]


def revenue_by_region(rows: Rows) -> Picture:
    """Draw the net revenue of each region, the highest first."""
    return Picture(
        "revenue_by_region",
        "Revenue by region",
        REVENUE,
        by_currency(
            rows,
            lambda own, currency: [
                _columns(own, "region", "total_revenue", currency),
            ],
        ),
        rows,
    )


def top_products(rows: Rows) -> Picture:
    """Draw the net revenue of the best-selling products."""
    best = [
        row
        for _, own in groupby(rows, lambda row: row["currency"])
        for row in list(own)[:_PRODUCTS_SHOWN]
    ]
    drawn = by_currency(best, lambda own, currency: [_products(own, currency)])
    return Picture("top_products", "Top products", REVENUE, drawn, best)


def _products(best: Rows, currency: str) -> Panel:
    values: list[dict[str, Any]] = [
        {
            "product": named(row["product"]),
            "revenue": float(row["total_revenue"]),
            "units": float(row["units_sold"]),
            "label": short_text(row["total_revenue"]),
        }
        for row in best
    ]
    # The labels stand at the ends of the bars.
    end = 1.15 * max((value["revenue"] for value in values), default=0)
    base = drawing(values).encode(
        x=alt.X(
            "revenue:Q",
            title=None,
            axis=alt.Axis(format=COUNT),
            scale=alt.Scale(domainMax=max(end, 1)),
        ),
        y=alt.Y("product:N", sort=None, title=None),
        tooltip=[
            "product:N",
            alt.Tooltip("revenue:Q", format=",.2f"),
            alt.Tooltip("units:Q", format=","),
        ],
    )
    text = base.mark_text(align="left", dx=5).encode(text="label:N")
    return panel(values, base.mark_bar(), text, title=currency)


def membership_tiers(rows: Rows) -> Picture:
    """Draw the share of each membership tier in revenue and in customers."""
    return Picture(
        "membership_tiers",
        "Membership tiers",
        "Share in net revenue and in customers with a sale",
        by_currency(rows, lambda own, currency: [_shares(own, currency)]),
        rows,
    )


def _shares(rows: Rows, currency: str) -> Panel:
    totals = {
        what: sum(row[column] for row in rows) or 1 for what, column in _SHARES.items()
    }
    values = [
        {
            "tier": named(row["membership_tier"]),
            "of": what,
            "share": float(row[column] / totals[what]),
        }
        for row in rows
        for what, column in _SHARES.items()
    ]
    base = drawing(values).encode(
        x=alt.X("tier:N", sort=None, title=None, axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("of:N", sort=None),
        y=alt.Y("share:Q", title=None, axis=alt.Axis(format=".0%")),
        tooltip=["tier:N", "of:N", alt.Tooltip("share:Q", format=".1%")],
    )
    columns = base.mark_bar().encode(color=alt.Color("of:N", sort=None, title=None))
    text = base.mark_text(dy=-7).encode(text=alt.Text("share:Q", format=".0%"))
    return panel(values, columns, text, title=currency)


def age_groups(rows: Rows) -> Picture:
    """Draw revenue, and revenue a transaction, of age groups in the order of age."""
    ordered = sorted(rows, key=lambda row: (row["age_group"] is None, row["age_group"]))
    return Picture(
        "age_groups",
        "Age groups",
        "Net revenue, and net revenue a transaction",
        by_currency(
            ordered,
            lambda own, currency: [
                _columns(own, "age_group", column, f"{title}{in_currency(currency)}")
                for column, title in _OF_AGES.items()
            ],
        ),
        ordered,
    )


def _columns(rows: Rows, name: str, amount: str, title: str = "") -> Panel:
    values = [
        {
            "name": named(row[name]),
            "amount": float(row[amount]),
            "is_up": row[amount] >= 0,
            "is_down": row[amount] < 0,
            "label": short_text(row[amount]),
        }
        for row in rows
    ]
    base = drawing(values).encode(
        x=alt.X("name:N", sort=None, title=None, axis=alt.Axis(labelAngle=0)),
        y=amounts_axis("amount"),
        tooltip=["name:N", alt.Tooltip("amount:Q", format=",.2f")],
    )
    text = base.encode(text="label:N")
    return panel(
        values,
        base.mark_bar(),
        *where(text.mark_text(dy=-7), "is_up", values),
        *where(text.mark_text(dy=8), "is_down", values),
        title=title,
    )
