"""The charts and figures of events, from the lake and from what its warehouse has unloaded."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from typing import Any

from salesetl.money import average, sum_of
from salesetl.report.bars import bars, columns, named_amount
from salesetl.report.country_map import countries
from salesetl.report.event_time_charts import OF_PAID, PARTS, hours, time_pictures
from salesetl.report.figures import Figure
from salesetl.report.funnel_chart import conversion, conversion_by_channel, funnel
from salesetl.report.periods import period_of
from salesetl.report.picture import (
    Panel,
    Picture,
    Row,
    Rows,
    by_currency,
    in_currency,
    named,
    titled,
)
from salesetl.report.star_charts import Found, totals_of


def events_pictures(found: Found) -> list[Picture]:
    """Draw the charts of events from the rows of `EVENTS_QUERIES`: money, visits, customers."""
    period = period_of([row["event_date"] for row in found["days"]])
    [without_visit] = found["without_visit"]
    return [
        *time_pictures(found["days"], found["revenue"]),
        hours(found["hours"], period),
        _ranked(
            "channels", "Channels", "revenue", found["channels"], "channel", period
        ),
        funnel(found["funnel"], without_visit["events"], period),
        conversion_by_channel(found["funnel"], period),
        _ranked(
            "categories",
            "Categories",
            "merchandise",
            found["categories"],
            "category",
            period,
        ),
        _products(found["products"], period),
        countries(
            "events_countries",
            "Revenue by country",
            OF_PAID,
            found["countries"],
            "customer_country",
            period,
        ),
        _segments(found["segments"], period),
        _fifths(found["fifths"], period),
    ]


def events_totals(found: Found) -> list[Figure]:
    """Return visits with a view, orders and customers of all days, and amounts by currency."""
    [customers] = found["customers"]
    totals: dict[str, Decimal | int] = {
        "Paid orders": sum(row["orders"] for row in found["revenue"]),
        "Units sold": int(sum(row["units"] for row in found["categories"])),
        "Customers": customers["customers"],
        "Customers with a paid order": customers["buyers"],
        "Visits with a view": sum(row["visits"] for row in found["funnel"]),
    }
    amounts = {
        f"{name}{in_currency(currency)}": amount
        for currency, own in _by_currency(found["revenue"])
        for name, amount in _amounts(own).items()
    } | {
        f"Lifetime value a customer{in_currency(currency)}": _of_customers(own)
        for currency, own in _by_currency(found["segments"])
    }
    days = [row["event_date"] for row in found["days"]]
    rate = conversion(found["funnel"])
    converted = (
        []
        if rate is None
        else [Figure("Conversion", max(days), rate, None, True, since=min(days))]
    )
    return [
        *totals_of(amounts, days),
        *totals_of(totals, days),
        *converted,
    ]


def events_extent(found: Found) -> str:
    """Return the first and the last day of the events, and what counts as revenue, as text."""
    days = [row["event_date"] for row in found["days"]]
    return (
        f"Events from {min(days)} to {max(days)}. Revenue is merchandise, tax and shipping of paid"
        " orders: those that are paid or fulfilled, and not cancelled"
    )


def _amounts(rows: Rows) -> dict[str, Decimal]:
    revenue = sum_of(row["revenue"] for row in rows)
    return {
        "Revenue": revenue,
        **{part.capitalize(): sum_of(row[part] for row in rows) for part in PARTS},
        "Average order value": average(revenue, sum(row["orders"] for row in rows)),
    }


def _of_customers(rows: Rows) -> Decimal:
    value = sum_of(row["lifetime_value"] for row in rows)
    return average(value, sum(row["customers"] for row in rows))


def _by_currency(rows: Rows) -> list[tuple[str, list[Row]]]:
    of_currency: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_currency[row["currency"]].append(row)
    return sorted(of_currency.items())


def _ranked(
    name: str, title: str, amount: str, rows: Rows, column: str, period: str
) -> Picture:
    def draw(own: Rows, currency: str) -> list[Panel]:
        return [
            bars(
                [named_amount(named(row[column]), row[amount]) for row in own], currency
            )
        ]

    return Picture(
        f"events_{name}",
        titled(title, rows, period),
        f"By {amount}. {OF_PAID}",
        by_currency(rows, draw),
        rows,
    )


def _products(rows: Rows, period: str) -> Picture:
    """Draw the products by name, with the identifier where several have one name."""
    names = Counter((row["currency"], row["product_name"]) for row in rows)
    named_rows = [
        {
            "product": (
                named(row["product_name"])
                if names[row["currency"], row["product_name"]] == 1
                else f"{named(row['product_name'])} {named(row['product_id'])}"
            ),
            **row,
        }
        for row in rows
    ]
    return _ranked(
        "products", "Top products", "merchandise", named_rows, "product", period
    )


def _segments(rows: Rows, period: str) -> Picture:
    def draw(own: Rows, currency: str) -> list[Panel]:
        return [
            bars(
                _named(own, "segment", "customers"), f"Customers{in_currency(currency)}"
            ),
            bars(
                _named(own, "segment", "lifetime_value"),
                f"Lifetime value{in_currency(currency)}",
            ),
        ]

    return Picture(
        "events_segments",
        titled("Customer segments", rows, period),
        "By how lately, how often and for how much merchandise they bought",
        by_currency(rows, draw),
        rows,
    )


def _fifths(rows: Rows, period: str) -> Picture:
    values = [{**row, "average_lifetime_value": _of_customers([row])} for row in rows]
    return Picture(
        "events_lifetime_values",
        titled("Lifetime value", rows, period),
        "Merchandise in paid orders of an average customer, from the fifth of the customers who"
        " bought for least (1) to that who bought for most (5)",
        by_currency(
            values,
            lambda own, currency: [
                columns(
                    _named(own, "monetary_score", "average_lifetime_value"), currency
                )
            ],
        ),
        values,
    )


def _named(rows: Rows, column: str, amount: str) -> list[dict[str, Any]]:
    return [named_amount(str(row[column]), row[amount]) for row in rows]
