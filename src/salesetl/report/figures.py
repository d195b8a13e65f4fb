"""The key figures of a month beside those of the month before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from salesetl.report.months_chart import is_whole_month
from salesetl.report.picture import Rows, month_of

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
    where no whole month is before it.
    """

    name: str
    month: date
    value: Decimal | int
    change: Decimal | None
    is_share: bool = False
    is_whole: bool = True


@dataclass(frozen=True)
class _Month:
    """The value of a figure in a month, and whether the month is whole."""

    value: Decimal | int
    is_whole: bool = True


_Months = Mapping[date, _Month]


def sales_figures(found: Mapping[str, Rows]) -> list[Figure]:
    """Return the figures of the last month of which all days are in the lake, or of the last."""
    [extent] = found["row_count"]
    return [
        _figure(
            name,
            {
                date(row["year"], row["month"], 1): _Month(
                    row[column], is_whole_month(row, extent)
                )
                for row in found["monthly_trend"]
            },
        )
        for name, column in _OF_SALES.items()
    ]


def orders_figures(found: Mapping[str, Rows]) -> list[Figure]:
    """Return the figures of the last complete month, revenue by currency; churn is known later."""
    revenue: dict[str, dict[date, _Month]] = defaultdict(dict)
    orders: dict[date, int] = defaultdict(int)
    is_whole: dict[date, bool] = {}
    for row in found["monthly_revenue"]:
        month = row["order_month_start"]
        is_whole[month] = row["is_complete_month"]
        orders[month] += row["orders"]
        revenue[row["currency"]][month] = _Month(row["revenue"], is_whole[month])
    active = {
        row["order_month_start"]: _Month(
            row["active_customers"], row["is_complete_month"]
        )
        for row in found["monthly_active_customers"]
    }
    churn = {
        row["order_month_start"]: _Month(row["churn_rate"])
        for row in found["monthly_churn"]
        if row["churn_rate"] is not None
    }
    counted = {month: _Month(count, is_whole[month]) for month, count in orders.items()}
    return [
        _figure("Paid orders", counted),
        _figure("Active customers", active),
        *([_figure("Churn", churn, is_share=True)] if churn else []),
        *(
            _figure(f"Revenue in {name}", months)
            for name, months in sorted(revenue.items())
        ),
    ]


def sales_extent(found: Mapping[str, Rows]) -> str:
    """Tell from which day to which the sales are."""
    [extent] = found["row_count"]
    return f"Sales from {extent['first_date']} to {extent['last_date']}"


def orders_extent(found: Mapping[str, Rows]) -> str:
    """Tell from which month to which the orders are."""
    months = [row["order_month_start"] for row in found["monthly_revenue"]]
    return f"Orders from {month_of(min(months))} to {month_of(max(months))}"


def _figure(name: str, months: _Months, *, is_share: bool = False) -> Figure:
    month = max(
        (month for month, each in months.items() if each.is_whole), default=max(months)
    )
    here, before = months[month], months.get(_month_before(month))
    change = None
    if here.is_whole and before and before.is_whole:
        change = _change(here.value, before.value, is_share=is_share)
    return Figure(name, month, here.value, change, is_share, here.is_whole)


def _change(
    value: Decimal | int, before: Decimal | int, *, is_share: bool
) -> Decimal | None:
    difference = Decimal(value) - Decimal(before)
    if is_share:
        return difference
    # Growth on nothing, or on a loss, is no share of it.
    return difference / Decimal(before) if before > 0 else None


def _month_before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)
