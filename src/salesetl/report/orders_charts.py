"""The charts of orders: revenue and growth, retention, churn, active customers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import altair as alt

from salesetl.report.picture import (
    COUNT,
    Panel,
    Picture,
    Row,
    Rows,
    drawing,
    month_of,
    months_axis,
    named,
    panel,
)

# What the charts are drawn from: views in sql/athena.
ORDERS_QUERIES = (
    "revenue_mom",
    "cohort_retention",
    "monthly_churn",
    "active_customers_by_country",
)
_MONTHS_SHOWN = 12


def orders_pictures(found: Mapping[str, Rows]) -> list[Picture]:
    """Draw the charts of orders from the rows of `ORDERS_QUERIES`."""
    return [
        revenue_and_growth(found["revenue_mom"]),
        retention(found["cohort_retention"]),
        churn(found["monthly_churn"]),
        active_customers(found["active_customers_by_country"]),
    ]


def revenue_and_growth(rows: Rows) -> Picture:
    """Draw, for each currency, paid revenue by month, with its growth on the month before."""
    by_currency: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_currency[row["currency"]].append(row)
    return Picture(
        "revenue_and_growth",
        "Revenue and growth",
        "Paid orders by currency; above, growth on the month before; pale: month not complete",
        [_growth(months, name) for name, months in sorted(by_currency.items())],
        rows,
    )


def _growth(months: Rows, currency: str) -> Panel:
    values = [
        {
            "month": month_of(row["order_month_start"]),
            "revenue": float(row["revenue"]),
            "is_complete": row["is_complete_month"],
            "growth": _growth_text(row),
        }
        for row in months
    ]
    base = drawing(values).encode(
        x=months_axis(),
        y=alt.Y("revenue:Q", title=None, axis=alt.Axis(format=COUNT)),
        tooltip=["month:O", alt.Tooltip("revenue:Q", format=",.2f"), "growth:N"],
    )
    paleness = alt.condition("datum.is_complete", alt.value(1), alt.value(0.4))
    text = base.mark_text(dy=-7, fontSize=10).encode(text="growth:N")
    columns = base.mark_bar().encode(opacity=paleness)
    return panel(values, columns, text, title=currency)


def _growth_text(row: Row) -> str:
    rate = row["revenue_growth_rate"]
    return "" if rate is None else f"{rate:+.0%}"


def retention(rows: Rows) -> Picture:
    """Draw the share of each cohort that paid again, by months since, as a heat map."""
    values = [
        {
            "cohort": f"{month_of(row['cohort_month'])} ({row['cohort_size']:,})",
            "months": row["months_since_cohort"],
            "rate": float(row["retention_rate"]),
            "customers": row["active_customers"],
        }
        for row in sorted(rows, key=lambda row: row["cohort_month"])
        # In month 0 it is everybody.
        if 0 < row["months_since_cohort"] <= _MONTHS_SHOWN
    ]
    highest = max((value["rate"] for value in values), default=0)
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
    cells = base.mark_rect().encode(color=alt.Color("rate:Q", legend=None))
    is_dark = f"datum.rate > {0.85 * highest}"
    text = base.mark_text().encode(text=alt.Text("rate:Q", format=".0%"))
    return Picture(
        "retention",
        "Retention",
        "Share of the customers with their first paid order in a month (how many) who paid again",
        [
            panel(
                values,
                cells,
                text.transform_filter(f"!({is_dark})"),
                text.transform_filter(is_dark).encode(color=alt.value("white")),
            )
        ],
        rows,
    )


def churn(rows: Rows) -> Picture:
    """Draw the share of each month's customers who did not pay again in the next."""
    values = [
        {"month": month_of(row["order_month_start"]), "rate": float(row["churn_rate"])}
        for row in rows
        # It is not known before the next month is complete.
        if row["churn_rate"] is not None
    ]
    base = drawing(values).encode(
        x=months_axis(),
        y=alt.Y(
            "rate:Q",
            title=None,
            axis=alt.Axis(format=".0%"),
            scale=alt.Scale(domain=[0, 1]),
        ),
        tooltip=["month:O", alt.Tooltip("rate:Q", format=".1%")],
    )
    text = base.mark_text(dy=-14).encode(text=alt.Text("rate:Q", format=".1%"))
    return Picture(
        "churn",
        "Churn",
        "Share of a month's customers without a paid order in the next month",
        [panel(values, base.mark_line(point=alt.OverlayMarkDef(size=70)), text)],
        rows,
    )


def active_customers(rows: Rows) -> Picture:
    """Draw the active customers of each country by month, those of none where there are none."""
    months = sorted({row["order_month_start"] for row in rows})
    countries = sorted({named(row["customer_country"]) for row in rows})
    counts = {
        (named(row["customer_country"]), row["order_month_start"]): row[
            "active_customers"
        ]
        for row in rows
    }
    values = [
        {
            "country": country,
            "month": month_of(month),
            "customers": counts.get((country, month), 0),
        }
        for country in countries
        for month in months
    ]
    chosen = alt.selection_point(fields=["country"], bind="legend")
    base = drawing(values).encode(
        x=months_axis(),
        y=alt.Y("customers:Q", title=None, axis=alt.Axis(format=COUNT)),
        color=alt.Color("country:N", sort=None, title=None),
        opacity=alt.condition(chosen, alt.value(1), alt.value(0.15)),
        tooltip=["country:N", "month:O", alt.Tooltip("customers:Q", format=",")],
    )
    return Picture(
        "active_customers_by_country",
        "Active customers by country",
        "Customers with a paid order in the month",
        [panel(values, base.mark_line(point=True).add_params(chosen))],
        rows,
    )
