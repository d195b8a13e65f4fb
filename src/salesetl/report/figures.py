"""The key figures of a month, compared with the month before, and growth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from salesetl.report.periods import month_of
from salesetl.report.picture import Row, Rows, in_currency

# What the figures of orders are taken from: views in sql/athena.
FIGURES_OF_ORDERS = ("monthly_revenue", "monthly_active_customers", "monthly_churn")

_OF_SALES = {
    "Net revenue": "total_revenue",
    "Transactions": "transaction_count",
    "Net revenue a transaction": "avg_transaction_value",
    "Customers": "customer_count",
}


@dataclass(frozen=True)
class Figure:
    """A key figure of a month, which begins on `month`.

    `value` is an amount to the cent or a count, and `change` its growth on the month before, 0.1
    for a tenth more. Where `is_share`, `value` is a share of one and `change` the difference. None
    where no whole month is before it. A figure of several months is of those from `since` on.
    """

    name: str
    month: date
    value: Decimal | int
    change: Decimal | None
    is_share: bool = False
    is_whole: bool = True
    since: date | None = None


@dataclass(frozen=True)
class _Compared:
    """The month that figures are of, whether it is whole, and the month before if that is, too."""

    month: date
    is_whole: bool
    before: date | None

    @staticmethod
    def last_of(months: Mapping[date, bool]) -> _Compared:
        """Choose the last whole month, or else the last, of months and whether they are whole."""
        whole = [month for month, is_whole in months.items() if is_whole]
        if not whole:
            return _Compared(max(months), False, None)
        before = (max(whole) - timedelta(days=1)).replace(day=1)
        return _Compared(max(whole), True, before if months.get(before) else None)

    def figure(
        self, name: str, values: Mapping[date, Any], *, is_share: bool = False
    ) -> Figure:
        """Take a figure from its values by month; where there is none it is zero."""
        value = values.get(self.month, 0)
        before = values.get(self.before) if self.before else None
        change = None if before is None else _change(value, before, is_share=is_share)
        return Figure(name, self.month, value, change, is_share, self.is_whole)


def sales_figures(found: Mapping[str, Rows]) -> list[Figure]:
    """Return the figures of the last complete month, or of the last, by currency."""
    rows: dict[str, dict[date, Row]] = defaultdict(dict)
    months: dict[date, bool] = {}
    for row in found["monthly_trend"]:
        month = date(row["year"], row["month"], 1)
        rows[row["currency"] or ""][month] = row
        months[month] = row["is_complete_month"]
    compared = _Compared.last_of(months)
    return [
        compared.figure(
            f"{name}{in_currency(currency)}",
            {month: row[column] for month, row in own.items()},
        )
        for currency, own in sorted(rows.items())
        for name, column in _OF_SALES.items()
    ]


def orders_figures(found: Mapping[str, Rows]) -> list[Figure]:
    """Return the figures of the last complete month, revenue by currency.

    Churn is of the month before, for it is not known earlier.
    """
    active = _by_month(found["monthly_active_customers"])
    compared = _Compared.last_of(
        {month: row["is_complete_month"] for month, row in active.items()}
    )
    orders: dict[date, int] = defaultdict(int)
    revenue: dict[str, dict[date, Decimal]] = defaultdict(dict)
    for row in found["monthly_revenue"]:
        orders[row["order_month_start"]] += row["orders"]
        revenue[row["currency"]][row["order_month_start"]] = row["revenue"]
    customers = {month: row["active_customers"] for month, row in active.items()}
    return [
        compared.figure("Paid orders", orders),
        compared.figure("Active customers", customers),
        *_churn(found["monthly_churn"]),
        *(
            compared.figure(f"Revenue in {name}", months)
            for name, months in sorted(revenue.items())
            if {compared.month, compared.before} & set(months)
        ),
    ]


def _churn(rows: Rows) -> list[Figure]:
    known = {
        month: row
        for month, row in _by_month(rows).items()
        if row["churn_rate"] is not None
    }
    if not known:
        return []
    compared = _Compared.last_of(
        {month: row["is_complete_month"] for month, row in known.items()}
    )
    rates = {month: row["churn_rate"] for month, row in known.items()}
    return [compared.figure("Churn", rates, is_share=True)]


def _by_month(rows: Rows) -> dict[date, Row]:
    return {row["order_month_start"]: row for row in rows}


def sales_extent(found: Mapping[str, Rows]) -> str:
    """Return the first and the last day of the sales, and whether they name a currency, as text."""
    [extent] = found["row_count"]
    told = f"Sales from {extent['first_date']} to {extent['last_date']}"
    if any(row["currency"] for row in found["monthly_trend"]):
        return told
    return f"{told}. The data names no currency"


def orders_extent(found: Mapping[str, Rows]) -> str:
    """Return the first and the last month of the orders, as text."""
    months = [row["order_month_start"] for row in found["monthly_revenue"]]
    return f"Orders from {month_of(min(months))} to {month_of(max(months))}"


def _change(
    value: Decimal | int, before: Decimal | int, *, is_share: bool
) -> Decimal | None:
    if is_share:
        return Decimal(value) - Decimal(before)
    return growth(value, before)


def growth(value: Decimal | int, before: Decimal | int) -> Decimal | None:
    """Return growth, 0.1 for a tenth more; None on nothing or a loss, of which it is no share."""
    return (Decimal(value) - before) / before if before > 0 else None
