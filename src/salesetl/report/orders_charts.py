"""The charts of orders: revenue, order values, categories, retention, churn, countries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import altair as alt

from salesetl.report.categories_chart import categories_by_revenue, categories_by_units
from salesetl.report.countries_chart import active_customers
from salesetl.report.lines import DASHED, lines, month_value
from salesetl.report.months_chart import amounts_by_month, month_of_orders
from salesetl.report.periods import month_of, months_axis, months_of, period_of
from salesetl.report.picture import (
    Panel,
    Picture,
    Row,
    Rows,
    amounts_axis,
    by_currency,
    drawing,
    panel,
    roomy,
    titled,
)
from salesetl.report.retention_chart import retention
from salesetl.report.years_chart import year_on_year

# What the charts are drawn from: views in sql/athena.
ORDERS_QUERIES = (
    "revenue_mom",
    "monthly_revenue",
    "category_sales_monthly",
    "cohort_retention",
    "monthly_churn",
    "active_customers_by_country",
    "monthly_active_customers",
)
# What the label of a column needs.
_PIXELS = 40


def orders_pictures(found: Mapping[str, Rows]) -> list[Picture]:
    """Draw the charts of orders from the rows of `ORDERS_QUERIES`."""
    categories = found["category_sales_monthly"]
    return [
        revenue_and_growth(found["revenue_mom"]),
        *year_on_year(
            "orders_year_on_year",
            found["monthly_revenue"],
            "revenue",
            "Paid orders",
            month_of_orders,
        ),
        order_values(found["monthly_revenue"]),
        categories_by_revenue(categories),
        categories_by_units(categories),
        retention(found["cohort_retention"]),
        churn(found["monthly_churn"]),
        active_customers(
            found["active_customers_by_country"], found["monthly_active_customers"]
        ),
    ]


def revenue_and_growth(rows: Rows) -> Picture:
    """Draw, for each currency, paid revenue by month, with its growth on the month before."""
    days = [row["order_month_start"] for row in rows]
    return Picture(
        "revenue_and_growth",
        titled("Revenue and growth", rows, period_of(days)),
        "Paid orders by currency, with growth on the month before. A pale column: days of this"
        " month are missing in the lake",
        by_currency(
            rows,
            lambda own, currency: [_growth(own, days, currency)],
        ),
        rows,
    )


def _growth(months: Rows, days: list[date], currency: str) -> Panel:
    values = [
        {
            "month": month_of(row["order_month_start"]),
            "revenue": float(row["revenue"]),
            "is_complete": row["is_complete_month"],
            "label": _growth_text(row),
        }
        for row in months
    ]
    base = drawing(values).encode(
        x=months_axis(days),
        y=amounts_axis("revenue"),
        tooltip=["month:O", alt.Tooltip("revenue:Q", format=",.2f"), "label:N"],
    )
    paleness = alt.condition("datum.is_complete", alt.value(1), alt.value(0.4))
    columns = base.mark_bar().encode(opacity=paleness)
    # Beyond the end of a column, also of one that goes down.
    dy = alt.ExprRef("datum.revenue < 0 ? 8 : -7")
    opacity = roomy(len(months_of(days)) * _PIXELS)
    text = base.mark_text(dy=dy, fontSize=10, opacity=opacity).encode(text="label:N")
    return panel(values, columns, text, title=currency)


def _growth_text(row: Row) -> str:
    rate = row["revenue_growth_rate"]
    if rate is None:
        return ""
    percent = (rate * 100).quantize(Decimal(1), ROUND_HALF_UP)
    return f"{'−' if percent < 0 else '+'}{abs(percent)}%"


def order_values(rows: Rows) -> Picture:
    """Draw, for each currency, the average value of paid orders by month."""
    return amounts_by_month(
        "average_order_value",
        "Average order value by month",
        "Revenue of paid orders by their number",
        rows,
        "avg_order_value",
        month_of_orders,
    )


def churn(rows: Rows) -> Picture:
    """Draw the share of each month's customers who did not pay again in the next."""
    # It is not known before the next month is complete.
    known = [row for row in rows if row["churn_rate"] is not None]
    days = [row["order_month_start"] for row in known]
    values = [
        month_value(
            row["order_month_start"],
            row["churn_rate"],
            f"{row['churn_rate'] * 100:.1f}%",
            is_whole=row["is_complete_month"],
        )
        for row in known
    ]
    drawn = lines(values, days, number=".1%", axis=".0%", domain=[0, 1])
    return Picture(
        "churn",
        titled("Churn", [], period_of(days)),
        f"Share of a month's customers without a paid order in the next month. {DASHED}",
        [panel(values, *drawn)],
        rows,
    )
