"""The charts of orders: revenue and growth, retention, churn, active customers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

import altair as alt

from salesetl.report.countries_chart import active_customers
from salesetl.report.picture import (
    Panel,
    Picture,
    Row,
    Rows,
    amounts_axis,
    drawing,
    marked,
    month_of,
    months_axis,
    panel,
    with_last_labels,
)
from salesetl.report.retention_chart import retention

# What the charts are drawn from: views in sql/athena.
ORDERS_QUERIES = (
    "revenue_mom",
    "cohort_retention",
    "monthly_churn",
    "active_customers_by_country",
    "monthly_active_customers",
)


def orders_pictures(found: Mapping[str, Rows]) -> list[Picture]:
    """Draw the charts of orders from the rows of `ORDERS_QUERIES`."""
    return [
        revenue_and_growth(found["revenue_mom"]),
        retention(found["cohort_retention"]),
        churn(found["monthly_churn"]),
        active_customers(
            found["active_customers_by_country"], found["monthly_active_customers"]
        ),
    ]


def revenue_and_growth(rows: Rows) -> Picture:
    """Draw, for each currency, paid revenue by month, with its growth on the month before."""
    by_currency: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_currency[row["currency"]].append(row)
    return Picture(
        "revenue_and_growth",
        "Revenue and growth",
        "Paid orders by currency, with growth on the month before. A pale column: an incomplete"
        " month",
        [_growth(months, name) for name, months in sorted(by_currency.items())],
        rows,
    )


def _growth(months: Rows, currency: str) -> Panel:
    values = with_last_labels(
        [
            {
                "month": month_of(row["order_month_start"]),
                "revenue": float(row["revenue"]),
                "is_complete": row["is_complete_month"],
                "label": _growth_text(row),
            }
            for row in months
        ]
    )
    base = drawing(values).encode(
        x=months_axis(),
        y=amounts_axis("revenue"),
        tooltip=["month:O", alt.Tooltip("revenue:Q", format=",.2f"), "label:N"],
    )
    paleness = alt.condition("datum.is_complete", alt.value(1), alt.value(0.4))
    columns = base.mark_bar().encode(opacity=paleness)
    text = base.mark_text(dy=-7, fontSize=10).encode(text="label:N")
    return panel(values, columns, text, title=currency)


def _growth_text(row: Row) -> str:
    rate = row["revenue_growth_rate"]
    if rate is None:
        return ""
    percent = (rate * 100).quantize(Decimal(1), ROUND_HALF_UP)
    return f"{'−' if percent < 0 else '+'}{abs(percent)}%"


def churn(rows: Rows) -> Picture:
    """Draw the share of each month's customers who did not pay again in the next."""
    values = with_last_labels(
        [
            {
                "month": marked(row, "order_month_start"),
                "rate": float(row["churn_rate"]),
                "label": f"{row['churn_rate'] * 100:.1f}%",
            }
            for row in rows
            # It is not known before the next month is complete.
            if row["churn_rate"] is not None
        ]
    )
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
    text = base.mark_text(dy=-14).encode(text="label:N")
    return Picture(
        "churn",
        "Churn",
        "Share of a month's customers without a paid order in the next month. *: incomplete"
        " month",
        [panel(values, base.mark_line(point=alt.OverlayMarkDef(size=70)), text)],
        rows,
    )
