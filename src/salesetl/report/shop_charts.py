"""The charts and figures of the shop, from what its warehouse has unloaded."""

from __future__ import annotations

from salesetl.money import sum_of
from salesetl.report.bars import columns, named_amount
from salesetl.report.figures import Figure
from salesetl.report.periods import period_of
from salesetl.report.picture import Picture, Rows
from salesetl.report.star_charts import Found, ranked, revenue_by_day, totals_of


def shop_pictures(found: Found) -> list[Picture]:
    """Draw the charts of the shop from the rows of `SHOP_QUERIES`."""
    period = period_of([row["sale_date"] for row in found["days"]])
    return [
        revenue_by_day("shop_revenue", found["days"], "sale_date", period),
        *(
            Picture(
                f"shop_{name}",
                title,
                "By revenue",
                [ranked(found[name], column)],
                found[name],
            )
            for name, title, column in (
                ("cities", "Cities", "city"),
                ("categories", "Categories", "category"),
                ("payments", "Ways to pay", "payment_type"),
            )
        ),
        _hours(found["hours"]),
    ]


def shop_totals(found: Found) -> list[Figure]:
    """Return the revenue and the number of sales of all days."""
    return totals_of(
        {
            "Total revenue": sum_of(row["revenue"] for row in found["days"]),
            "Total sales": sum(row["sales"] for row in found["days"]),
        },
        [row["sale_date"] for row in found["days"]],
    )


def shop_extent(found: Found) -> str:
    """Return the first and the last day of the sales, as text."""
    days = [row["sale_date"] for row in found["days"]]
    return f"Sales from {min(days)} to {max(days)}. The data names no currency"


def _hours(rows: Rows) -> Picture:
    known = {row["sale_hour"]: row["revenue"] for row in rows}
    values = [named_amount(f"{hour:02}", known.get(hour, 0)) for hour in range(24)]
    return Picture(
        "shop_hours",
        "Hours",
        "Revenue by hour of the day, in UTC",
        [columns(values)],
        rows,
    )
