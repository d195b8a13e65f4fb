"""The figures of all months together; amounts of different currencies are never added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from salesetl.money import sum_of
from salesetl.report.figures import Figure
from salesetl.report.months_chart import month_of_orders, month_of_sales
from salesetl.report.picture import Row, Rows, in_currency


def sales_totals(found: Mapping[str, Rows]) -> list[Figure]:
    """Return net revenue and the number of transactions of all sales, by currency."""
    rows = found["monthly_trend"]
    days = [month_of_sales(row) for row in rows]
    return [
        _total(f"{name}{in_currency(currency)}", days, amount)
        for currency, own in _by_currency(rows)
        for name, amount in (
            ("Total net revenue", sum_of(row["total_revenue"] for row in own)),
            ("Total transactions", sum(row["transaction_count"] for row in own)),
        )
    ]


def orders_totals(found: Mapping[str, Rows]) -> list[Figure]:
    """Return the number of all paid orders, and their revenue by currency."""
    rows = found["monthly_revenue"]
    days = [month_of_orders(row) for row in rows]
    return [
        _total("Total paid orders", days, sum(row["orders"] for row in rows)),
        *(
            _total(
                f"Total revenue{in_currency(currency)}",
                days,
                sum_of(row["revenue"] for row in own),
            )
            for currency, own in _by_currency(rows)
        ),
    ]


def _total(name: str, days: Sequence[date], value: Decimal | int) -> Figure:
    return Figure(name, max(days), value, None, since=min(days))


def _by_currency(rows: Rows) -> list[tuple[str, list[Row]]]:
    of_currency: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        of_currency[row["currency"] or ""].append(row)
    return sorted(of_currency.items())
