"""The charts of categories of goods, by revenue and by units."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from salesetl.money import sum_of
from salesetl.report.bars import bars, named_amount
from salesetl.report.periods import period_of
from salesetl.report.picture import Picture, Row, Rows, by_currency, named, titled


def categories_by_revenue(rows: Rows) -> Picture:
    """Draw the revenue of the categories with the most, for each currency."""
    totals = _totals(rows)
    return Picture(
        "categories_by_revenue",
        titled("Categories by revenue", rows, _period(rows)),
        "Lines of paid orders",
        by_currency(
            totals,
            lambda own, currency: [
                bars(
                    [
                        named_amount(named(row["category"]), row["revenue"])
                        for row in own
                    ],
                    currency,
                )
            ],
        ),
        totals,
    )


def categories_by_units(rows: Rows) -> Picture:
    """Draw the units sold of the categories with the most; units of all currencies are added."""
    units: dict[str, int] = defaultdict(int)
    for row in rows:
        units[named(row["category"])] += row["units_sold"]
    ordered = sorted(units.items(), key=lambda each: (-each[1], each[0]))
    values = [named_amount(name, count) for name, count in ordered]
    return Picture(
        "categories_by_units",
        titled("Categories by units", [], _period(rows)),
        "Units in paid orders, of all currencies",
        [bars(values, number=",")],
        [{"category": name, "units_sold": count} for name, count in ordered],
    )


def _totals(rows: Rows) -> list[dict[str, Any]]:
    """Add the months of each category and currency: the highest revenue first."""
    groups: dict[tuple[str, Any], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["currency"], row["category"]].append(row)
    totals = [
        {
            "currency": currency,
            "category": category,
            "revenue": sum_of(row["revenue"] for row in own),
            "units_sold": sum(row["units_sold"] for row in own),
        }
        for (currency, category), own in groups.items()
    ]
    return sorted(
        totals,
        key=lambda row: (row["currency"], -row["revenue"], named(row["category"])),
    )


def _period(rows: Rows) -> str:
    return period_of([row["order_month_start"] for row in rows])
