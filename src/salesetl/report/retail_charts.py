"""The charts and figures of retail, from what its warehouse has unloaded."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from salesetl.money import sum_of
from salesetl.report.bars import bars, columns, named_amount
from salesetl.report.figures import Figure
from salesetl.report.periods import period_of
from salesetl.report.picture import Picture, Row, Rows
from salesetl.report.star_charts import Found, ranked, revenue_by_day, totals_of

_SEASONS = ("Winter", "Spring", "Summer", "Autumn")
# Repeats after so many days are drawn as one.
_DAYS_APART = 30


def retail_pictures(found: Found) -> list[Picture]:
    """Draw the charts of retail from the rows of `RETAIL_QUERIES`: sales, customers, time."""
    period = period_of([row["full_date"] for row in found["days"]])
    return [
        revenue_by_day("retail_revenue", found["days"], "full_date", period),
        _ranked(
            "retail_categories", "Sales by category", found["categories"], "category"
        ),
        _ranked("retail_products", "Top products", found["products"], "product_name"),
        _ranked("retail_customers", "Top customers", found["customers"], "customer_id"),
        _pairs(found["pairs"]),
        _segments(found["segments"]),
        _baskets(found["baskets"]),
        _repeats(found["repeats"]),
        _weekdays(found["weekdays"]),
        _weekends(found["weekends"]),
        _seasons(found["seasons"]),
    ]


def retail_totals(found: Found) -> list[Figure]:
    """Return the revenue, orders and orphans of all days."""
    days = [row["full_date"] for row in found["days"]]
    [unknown] = found["unknown"]
    totals: dict[str, Decimal | int] = {
        "Total revenue": sum_of(row["revenue"] for row in found["days"]),
        "Total orders": sum(row["orders"] for row in found["days"]),
        "Order lines": int(unknown["lines"]),
        "Lines of an unknown customer": int(unknown["customers"]),
        "Lines of an unknown product": int(unknown["products"]),
    }
    return totals_of(totals, days)


def retail_extent(found: Found) -> str:
    """Return the first and the last day of the orders, as text."""
    days = [row["full_date"] for row in found["days"]]
    return f"Orders from {min(days)} to {max(days)}. The data names no currency"


def _ranked(name: str, title: str, rows: Rows, column: str) -> Picture:
    return Picture(name, title, "By revenue", [ranked(rows, column)], rows)


def _segments(rows: Rows) -> Picture:
    panels = [
        bars(
            [named_amount(row["segment"], row["customers"]) for row in rows],
            "Customers",
            number=",",
        ),
        bars([named_amount(row["segment"], row["revenue"]) for row in rows], "Revenue"),
    ]
    return Picture(
        "retail_segments",
        "Customer segments",
        "By how lately, how often and for how much they bought",
        panels,
        rows,
    )


def _baskets(rows: Rows) -> Picture:
    panels = [
        columns(
            [named_amount(str(row["lines"]), row["orders"]) for row in rows], "Orders"
        ),
        columns(
            [named_amount(str(row["lines"]), row["avg_order_value"]) for row in rows],
            "Revenue per order",
        ),
    ]
    return Picture(
        "retail_baskets",
        "Basket size",
        "By the number of lines of an order",
        panels,
        rows,
    )


def _repeats(rows: Rows) -> Picture:
    """Draw after how many days customers order again; very late ones together."""
    near = [row for row in rows if row["days_between"] <= _DAYS_APART]
    far = sum(row["orders"] for row in rows if row["days_between"] > _DAYS_APART)
    values: list[dict[str, Any]] = [
        named_amount(str(row["days_between"]), row["orders"]) for row in near
    ]
    if far:
        values.append(named_amount(f"> {_DAYS_APART}", far))
    return Picture(
        "retail_repeats",
        "Days until the next order",
        "Orders by the days since the one before of the same customer",
        [columns(values)],
        rows,
    )


def _pairs(rows: Rows) -> Picture:
    values = [
        named_amount(
            f"{row['product_name']} + {row['other_product_name']}", row["orders"]
        )
        for row in rows
    ]
    return Picture(
        "retail_pairs",
        "Bought together",
        "Orders with both products",
        [bars(values, number=",", limit=260)],
        rows,
    )


def _weekdays(rows: Rows) -> Picture:
    values = [
        named_amount(row["day_name"][:3], row["avg_daily_revenue"]) for row in rows
    ]
    return Picture(
        "retail_weekdays",
        "Day of the week",
        "Revenue of an average day with orders",
        [columns(values)],
        rows,
    )


def _weekends(rows: Rows) -> Picture:
    panels = [
        columns(
            [named_amount(_weekend(row), row[column]) for row in rows],
            title,
        )
        for column, title in (
            ("avg_daily_revenue", "Revenue per day"),
            ("avg_order_value", "Revenue per order"),
        )
    ]
    return Picture(
        "retail_weekends",
        "Weekend against weekday",
        "On days with orders",
        panels,
        rows,
    )


def _weekend(row: Row) -> str:
    return "Weekend" if row["is_weekend"] else "Weekday"


def _seasons(rows: Rows) -> Picture:
    ordered = sorted(rows, key=lambda row: (row["year"], _SEASONS.index(row["season"])))
    values = [
        named_amount(f"{row['season']} {row['year']}", row["revenue"])
        for row in ordered
    ]
    return Picture(
        "retail_seasons",
        "Seasons",
        "Revenue; December is of the winter of its own year",
        [columns(values)],
        ordered,
    )
