"""Totals are of all months, also of incomplete ones, and each currency has its own."""

from datetime import date
from decimal import Decimal
from typing import Any

from salesetl.report.totals import orders_totals, sales_totals
from salesetl.report.wording import change_text, value_text, when_text


def told(figures: list[Any]) -> list[tuple[str, str, str]]:
    """Return how each figure is worded."""
    assert not any(change_text(each) for each in figures)
    return [(each.name, value_text(each), when_text(each)) for each in figures]


def sales(month: int, currency: str | None, revenue: str, count: int) -> dict[str, Any]:
    """Make a row of `monthly_trend`."""
    return {
        "currency": currency,
        "year": 2025,
        "month": month,
        "total_revenue": Decimal(revenue),
        "transaction_count": count,
        "is_complete_month": month < 3,
    }


def test_sales_are_added_over_months_and_not_over_currencies() -> None:
    rows = [
        sales(1, "EUR", "1000.10", 3),
        sales(3, "EUR", "0.20", 1),
        sales(2, "USD", "-5.00", 1),
    ]

    assert told(sales_totals({"monthly_trend": rows})) == [
        ("Total net revenue in EUR", "1,000.30", "Jan–Mar 2025"),
        ("Total transactions in EUR", "4", "Jan–Mar 2025"),
        ("Total net revenue in USD", "-5.00", "Jan–Mar 2025"),
        ("Total transactions in USD", "1", "Jan–Mar 2025"),
    ]


def test_a_total_of_thirty_digits_is_exact() -> None:
    rows = [sales(1, None, "9" * 30 + ".99", 1), sales(2, None, "0.01", 1)]

    [total, _] = sales_totals({"monthly_trend": rows})

    assert total.name == "Total net revenue"
    assert total.value == Decimal("1" + "0" * 30 + ".00")


def test_orders_are_added_over_currencies_and_revenue_is_not() -> None:
    rows = [
        {
            "order_month_start": date(2025, month, 1),
            "currency": currency,
            "orders": orders,
            "revenue": Decimal(revenue),
        }
        for month, currency, orders, revenue in (
            (1, "EUR", 2, "10.00"),
            (2, "EUR", 1, "5.50"),
            (2, "USD", 4, "99.00"),
        )
    ]

    assert told(orders_totals({"monthly_revenue": rows})) == [
        ("Total paid orders", "7", "Jan–Feb 2025"),
        ("Total revenue in EUR", "15.50", "Jan–Feb 2025"),
        ("Total revenue in USD", "99.00", "Jan–Feb 2025"),
    ]
