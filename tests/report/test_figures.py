"""Key figures are of the last whole month, beside the whole month before it."""

from datetime import date
from decimal import Decimal
from typing import Any

from salesetl.report.figures import (
    orders_extent,
    orders_figures,
    sales_extent,
    sales_figures,
)
from salesetl.report.wording import change_text, value_text


def trend(
    year: int,
    month: int,
    revenue: str,
    *,
    is_complete: bool = True,
    currency: str | None = None,
) -> dict[str, Any]:
    """Make a row of `monthly_trend`."""
    return {
        "currency": currency,
        "year": year,
        "month": month,
        "total_revenue": Decimal(revenue),
        "transaction_count": 1234,
        "avg_transaction_value": Decimal("2.50"),
        "customer_count": 7,
        "is_complete_month": is_complete,
    }


def found_sales(last_date: date, *rows: dict[str, Any]) -> dict[str, Any]:
    """Make what the queries of sales have found, from the first of 2025 on."""
    extent = {"first_date": date(2025, 1, 1), "last_date": last_date}
    return {"row_count": [extent], "monthly_trend": list(rows)}


def told(figures: list[Any]) -> dict[str, tuple[str, str, str]]:
    """Return how each figure is worded."""
    return {
        each.name: (str(each.month), value_text(each), change_text(each))
        for each in figures
    }


def test_a_month_that_is_not_over_is_passed_over() -> None:
    found = found_sales(
        date(2025, 3, 30),
        trend(2025, 1, "1000.00"),
        trend(2025, 2, "1234.50"),
        trend(2025, 3, "9999.00", is_complete=False),
    )

    figures = told(sales_figures(found))

    assert figures["Net revenue"] == ("2025-02-01", "1,234.50", "+23.5 %")
    assert figures["Transactions"] == ("2025-02-01", "1,234", "+0.0 %")
    assert sales_extent(found) == (
        "Sales from 2025-01-01 to 2025-03-30. The data names no currency"
    )


def test_amounts_of_different_currencies_are_different_figures() -> None:
    found = found_sales(
        date(2025, 2, 28),
        trend(2025, 1, "1000.00", currency="EUR"),
        trend(2025, 2, "1100.00", currency="EUR"),
        trend(2025, 2, "5.00", currency="USD"),
    )

    figures = told(sales_figures(found))

    assert figures["Net revenue in EUR"] == ("2025-02-01", "1,100.00", "+10.0 %")
    assert figures["Net revenue in USD"][1] == "5.00"
    assert sales_extent(found) == "Sales from 2025-01-01 to 2025-02-28"


def test_without_a_whole_month_the_last_is_shown_and_not_compared() -> None:
    found = found_sales(date(2025, 1, 30), trend(2025, 1, "1000.00", is_complete=False))

    [revenue, *_] = sales_figures(found)

    assert (revenue.is_whole, revenue.change) == (False, None)


def test_a_gap_or_a_month_of_loss_is_not_compared_with() -> None:
    gap = found_sales(date(2025, 3, 31), trend(2025, 1, "1.00"), trend(2025, 3, "2.00"))
    loss = found_sales(
        date(2025, 2, 28), trend(2025, 1, "-1.00"), trend(2025, 2, "2.00")
    )

    assert [sales_figures(each)[0].change for each in (gap, loss)] == [None, None]


def test_churn_of_a_first_month_that_begins_late_is_not_compared_with() -> None:
    churn = [
        {
            "order_month_start": date(2025, month, 1),
            "churn_rate": Decimal("0.300"),
            "is_complete_month": month > 1,
        }
        for month in (1, 2)
    ]
    months: dict[str, Any] = {
        "order_month_start": date(2025, 2, 1),
        "active_customers": 1,
        "is_complete_month": True,
    }
    found: dict[str, Any] = {
        "monthly_active_customers": [months],
        "monthly_revenue": [],
    }

    figures = [
        orders_figures(found | {"monthly_churn": churn[:known]})[-1] for known in (1, 2)
    ]

    assert [(each.month.month, each.is_whole, each.change) for each in figures] == [
        (1, False, None),
        (2, True, None),
    ]


def test_orders_are_added_over_currencies_and_money_is_not() -> None:
    months = [
        (1, "USD", 10),
        (1, "EUR", 29),
        (1, "GBP", 1),
        (2, "USD", 20),
        (2, "EUR", 24),
        (3, "INR", 5),
    ]
    found: dict[str, Any] = {
        "monthly_revenue": [
            {
                "order_month_start": date(2025, month, 1),
                "currency": currency,
                "orders": orders,
                "revenue": Decimal(orders * 3),
                "is_complete_month": month < 3,
            }
            for month, currency, orders in months
        ],
        "monthly_active_customers": [
            {
                "order_month_start": date(2025, month, 1),
                "active_customers": 5 * month,
                "is_complete_month": month < 3,
            }
            for month in (1, 2, 3)
        ],
        "monthly_churn": [
            {
                "order_month_start": date(2025, month, 1),
                "churn_rate": rate,
                "is_complete_month": month < 3,
            }
            for month, rate in (
                (1, Decimal("0.300")),
                (2, Decimal("0.2875")),
                (3, None),
            )
        ],
    }

    assert told(orders_figures(found)) == {
        "Paid orders": ("2025-02-01", "44", "+10.0 %"),
        "Active customers": ("2025-02-01", "10", "+100.0 %"),
        "Churn": ("2025-02-01", "28.8 %", "−1.3 points"),
        "Revenue in EUR": ("2025-02-01", "72", "−17.2 %"),
        "Revenue in GBP": ("2025-02-01", "0", "−100.0 %"),
        "Revenue in USD": ("2025-02-01", "60", "+100.0 %"),
    }
    assert orders_extent(found) == "Orders from Jan 2025 to Mar 2025"
