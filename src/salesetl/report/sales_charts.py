"""The charts of sales."""

from __future__ import annotations

from collections.abc import Mapping

import altair as alt

from salesetl.pipelines.sales.contracts import RAW_CUSTOMERS
from salesetl.report.amounts_chart import transaction_amounts
from salesetl.report.bars import bars, columns, named_amount
from salesetl.report.months_chart import REVENUE, month_of_sales, monthly_revenue
from salesetl.report.periods import period_of
from salesetl.report.picture import (
    Panel,
    Picture,
    Row,
    Rows,
    by_currency,
    drawing,
    in_currency,
    named,
    panel,
    roomy,
    titled,
)
from salesetl.report.products_chart import top_products
from salesetl.report.years_chart import year_on_year

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
_OF_AGES = {"total_revenue": "Net revenue", "avg_transaction_value": "A transaction"}
_SHARES = {"revenue": "total_revenue", "customers": "customer_count"}
# What the label of a share needs.
_PIXELS = 34


def sales_pictures(found: Mapping[str, Rows]) -> list[Picture]:
    """Draw the charts of sales from the rows of `SALES_QUERIES`."""
    tiers, ages = found["revenue_by_tier"], found["revenue_by_age_group"]
    # Where no customers are delivered, there is nothing to show of them.
    of_tiers = any(row["membership_tier"] is not None for row in tiers)
    of_ages = any(row["age_group"] is not None for row in ages)
    months = found["monthly_trend"]
    period = period_of([month_of_sales(row) for row in months])
    return [
        monthly_revenue(months),
        *year_on_year(
            "sales_year_on_year", months, "total_revenue", REVENUE, month_of_sales
        ),
        revenue_by_region(found["revenue_by_region"], period),
        top_products(found["revenue_by_product"], period),
        *([membership_tiers(tiers, period)] if of_tiers else []),
        transaction_amounts(found["sales_by_amount"], period),
        *([age_groups(ages, period)] if of_ages else []),
    ]


def revenue_by_region(rows: Rows, period: str) -> Picture:
    """Draw the net revenue of the regions with the most, the highest first."""
    return Picture(
        "revenue_by_region",
        titled("Revenue by region", rows, period),
        REVENUE,
        by_currency(rows, lambda own, currency: [_regions(own, currency)]),
        rows,
    )


def _regions(rows: Rows, currency: str) -> Panel:
    return bars(
        [named_amount(named(row["region"]), row["total_revenue"]) for row in rows],
        currency,
    )


def membership_tiers(rows: Rows, period: str) -> Picture:
    """Draw the share of each membership tier in revenue and in customers, in their own order."""
    ordered = sorted(rows, key=lambda row: (row["currency"] or "", _rank_of_tier(row)))
    return Picture(
        "membership_tiers",
        titled("Membership tiers", rows, period),
        "Share in net revenue and in customers with a sale",
        by_currency(ordered, lambda own, currency: [_shares(own, currency)]),
        ordered,
    )


def _rank_of_tier(row: Row) -> int:
    """Return the place of a tier in the contract; others follow it, and the unknown is last."""
    name = row["membership_tier"]
    order = [
        tier.casefold()
        for tier in RAW_CUSTOMERS.field("membership_tier").metadata["order"]
    ]
    if name is None:
        return len(order) + 1
    return order.index(name.casefold()) if name.casefold() in order else len(order)


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
    marks = base.mark_bar().encode(color=alt.Color("of:N", sort=None, title=None))
    # Beyond the end of a column, also of one that goes down.
    dy = alt.ExprRef("datum.share < 0 ? 8 : -7")
    text = base.mark_text(dy=dy, opacity=roomy(len(values) * _PIXELS)).encode(
        text=alt.Text("share:Q", format=".0%")
    )
    return panel(values, marks, text, title=currency)


def age_groups(rows: Rows, period: str) -> Picture:
    """Draw revenue, and revenue a transaction, of age groups in the order of age."""
    ordered = sorted(rows, key=lambda row: (row["age_group"] is None, row["age_group"]))
    return Picture(
        "age_groups",
        titled("Age groups", rows, period),
        "Net revenue, and net revenue a transaction",
        by_currency(
            ordered,
            lambda own, currency: [
                columns(
                    [named_amount(named(row["age_group"]), row[column]) for row in own],
                    f"{title}{in_currency(currency)}",
                )
                for column, title in _OF_AGES.items()
            ],
        ),
        ordered,
    )
