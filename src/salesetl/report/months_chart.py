"""The charts of an amount by month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from salesetl.report.lines import DASHED, lines, month_value, with_gaps
from salesetl.report.periods import period_of
from salesetl.report.picture import (
    Panel,
    Picture,
    Row,
    Rows,
    by_currency,
    panel,
    short_text,
    titled,
)

REVENUE = "Net revenue: sales less returns"


def monthly_revenue(rows: Rows) -> Picture:
    """Draw the net revenue of each month."""
    return amounts_by_month(
        "monthly_revenue",
        "Revenue by month",
        REVENUE,
        rows,
        "total_revenue",
        month_of_sales,
    )


def month_of_sales(row: Row) -> date:
    """Return the first day of the month of a row of `monthly_trend`."""
    return date(row["year"], row["month"], 1)


def month_of_orders(row: Row) -> date:
    """Return the first day of the month of a row of a view of orders."""
    month: date = row["order_month_start"]
    return month


def amounts_by_month(
    name: str,
    title: str,
    subtitle: str,
    rows: Rows,
    column: str,
    month: Callable[[Row], date],
) -> Picture:
    """Draw an amount as a line over months for each currency; null is a month without it."""
    days = [month(row) for row in rows]
    is_partial = any(not row["is_complete_month"] for row in rows)

    def draw(own: Rows, currency: str) -> list[Panel]:
        values = [
            month_value(
                month(row),
                row[column],
                "" if row[column] is None else short_text(row[column]),
                is_whole=row["is_complete_month"],
            )
            for row in own
        ]
        return [panel(values, *lines(with_gaps(values, days), days), title=currency)]

    return Picture(
        name,
        titled(title, rows, period_of(days)),
        f"{subtitle}. {DASHED}" if is_partial else subtitle,
        by_currency(rows, draw),
        rows,
    )
