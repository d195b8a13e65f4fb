"""The charts of paid orders over time and by hour."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal

from salesetl.money import average, sum_of
from salesetl.report.bars import columns, named_amount
from salesetl.report.daily_chart import (
    is_by_week,
    line_of_days,
    monday_of,
    parts_of_days,
)
from salesetl.report.periods import period_of
from salesetl.report.picture import Panel, Picture, Row, Rows, by_currency, titled

PARTS = ("merchandise", "tax", "shipping")
OF_PAID = "Paid orders: paid or fulfilled, and not cancelled"


def time_pictures(found_days: Rows, revenue: Rows) -> list[Picture]:
    """Draw the parts of revenue, the orders and their average value, by day or by week.

    `found_days` are the days of the visits, each once: one without a paid order is one of none.
    """
    days = [row["event_date"] for row in found_days]
    period = period_of(days)
    unit, length = ("week", 7) if is_by_week(days) else ("day", 1)
    spans = _by_span(revenue, length)
    return [
        Picture(
            "events_revenue",
            titled(f"Revenue by {unit}", revenue, period),
            f"Merchandise, tax and shipping. {OF_PAID}, on the day of the order in UTC",
            by_currency(spans, lambda own, currency: [_parts(own, length, currency)]),
            revenue,
        ),
        Picture(
            "events_orders",
            titled(f"Orders by {unit}", spans, period),
            f"{OF_PAID}. Their average value is with tax and shipping",
            [
                _orders(days, spans, length),
                *by_currency(spans, lambda own, currency: [_values(own, currency)]),
            ],
            spans,
        ),
    ]


def hours(rows: Rows, period: str) -> Picture:
    """Draw revenue by the hour of the day."""
    return Picture(
        "events_hours",
        titled("Revenue by hour", rows, period),
        f"By hour of the order, in UTC. {OF_PAID}",
        by_currency(rows, lambda own, currency: [_hours(own, currency)]),
        rows,
    )


def _by_span(revenue: Rows, length: int) -> list[dict[str, object]]:
    """Add the days of each week, if it is drawn by week, and tell the average order value."""
    spans: dict[tuple[date, str], list[Row]] = defaultdict(list)
    for row in revenue:
        begin = row["order_date"] if length == 1 else monday_of(row["order_date"])
        spans[begin, row["currency"]].append(row)
    found = []
    for (begin, currency), own in sorted(spans.items()):
        orders = sum(row["orders"] for row in own)
        total = sum_of(row["revenue"] for row in own)
        found.append(
            {
                "begins_on": begin,
                "currency": currency,
                "orders": orders,
                **{part: sum_of(row[part] for row in own) for part in PARTS},
                "average_order_value": average(total, orders),
            }
        )
    return found


def _parts(spans: Rows, length: int, currency: str) -> Panel:
    values = [(row["begins_on"], {part: row[part] for part in PARTS}) for row in spans]
    return parts_of_days(values, length, currency)


def _orders(days: list[date], spans: Rows, length: int) -> Panel:
    """Draw orders of all currencies, also where there are none."""
    counts = {day if length == 1 else monday_of(day): 0 for day in days}
    for row in spans:
        counts[row["begins_on"]] = counts.get(row["begins_on"], 0) + row["orders"]
    return line_of_days(sorted(counts.items()), "Paid orders", number=",")


def _values(spans: Rows, currency: str) -> Panel:
    values = [(row["begins_on"], row["average_order_value"]) for row in spans]
    title = " in ".join(filter(None, ("Average order value", currency)))
    return line_of_days(values, title)


def _hours(rows: Rows, currency: str) -> Panel:
    known = {row["order_hour"]: row["revenue"] for row in rows}
    values = [
        named_amount(f"{hour:02}", known.get(hour, Decimal(0))) for hour in range(24)
    ]
    return columns(values, currency)
