"""Averages, shares and growth are exact, half up, for sums up to 10^16, and no sum is too wide."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.model.table import Table
from salesetl.pipelines.orders.contracts import FACT_ORDER_ITEMS, FACT_ORDERS
from salesetl.pipelines.sales.contracts import ENRICHED_SALES, SALES_SUMMARY
from tests.frames import frame_of
from tests.sql.ledger import share
from tests.sql.orders import rows_of

Row = dict[str, Any]

# Sums that no double holds to the cent, the half cents among them.
AMOUNTS = [
    ["9999999999999999.99"],
    ["9999999999999999.98", "0.01"],
    ["999999999999999.99", "1000000000000000.00"],
    ["4999999999999999.99", "4999999999999999.98"],
    ["3333333333333333.33", "3333333333333333.33", "3333333333333333.32"],
    ["9007199254740993.01", "0.01", "0.01", "0.01"],
    ["0.01", "0.02"],
    ["0.00", "0.00", "0.01"],
]


def publish(engine: DuckDbEngine, lake: Path, table: Table, rows: list[Row]) -> None:
    """Write rows as a table of a lake, whatever a source could deliver."""
    engine.write_table(frame_of(engine, table, rows), str(lake / table.folder), table)


def an_order(number: int, day: date, amount: str, **fields: Any) -> Row:
    """Make a row of FACT_ORDERS."""
    return {
        "order_id": f"O{number}",
        "order_date": day,
        "customer_id": f"C{number}",
        "customer_country": "DE",
        "payment_status": "paid",
        "currency": "EUR",
        "order_total": Decimal(amount),
        "item_count": 1,
        "order_year": f"{day.year}",
        "order_month": f"{day.month:02}",
        **fields,
    }


def a_line(one: Row, **fields: Any) -> Row:
    """Make the only line of an order, of one unit unless told otherwise."""
    names = ("order_id", "order_date", "currency", "order_year", "order_month")
    return {
        **{name: one[name] for name in names},
        "line_number": 1,
        "category": one["order_id"],
        "quantity": Decimal(1),
        "unit_price": Decimal("1.0000"),
        "line_total": one["order_total"],
        **fields,
    }


def publish_orders(
    engine: DuckDbEngine, lake: Path, orders: list[Row], **fields: Any
) -> None:
    """Write orders with a line each."""
    publish(engine, lake, FACT_ORDERS, orders)
    lines = [a_line(one, **fields) for one in orders]
    publish(engine, lake, FACT_ORDER_ITEMS, lines)


@pytest.mark.parametrize("amounts", AMOUNTS, ids=str)
def test_what_an_order_and_a_customer_are_worth_is_exact_to_the_cent(
    duckdb: DuckDbEngine, tmp_path: Path, amounts: Sequence[str]
) -> None:
    orders = [an_order(n, date(2025, 1, 1), each) for n, each in enumerate(amounts)]
    publish_orders(duckdb, tmp_path, orders)

    [month] = rows_of(str(tmp_path), "monthly_revenue")
    [country] = rows_of(str(tmp_path), "engagement_by_country")

    average = share(sum(map(Decimal, amounts)), len(amounts), 2)
    assert month["avg_order_value"] == average
    assert country["revenue_per_active_customer"] == average


@pytest.mark.parametrize("amounts", AMOUNTS, ids=str)
def test_the_share_of_a_category_is_exact(
    duckdb: DuckDbEngine, tmp_path: Path, amounts: Sequence[str]
) -> None:
    orders = [an_order(n, date(2025, 1, 1), each) for n, each in enumerate(amounts)]
    publish_orders(duckdb, tmp_path, orders)

    rows = rows_of(str(tmp_path), "category_sales_monthly")

    total = sum(map(Decimal, amounts), Decimal(0))
    assert [row["revenue_share"] for row in rows] == [
        share(Decimal(each), total, 6) for each in amounts
    ]


def test_shares_a_hair_below_a_half_are_not_rounded_up(
    duckdb: DuckDbEngine, tmp_path: Path
) -> None:
    # The first is 0.499999999999 of a millionth.
    amounts = ["4999999999.99", "9999999990000000.01"]
    orders = [an_order(n, date(2025, 1, 1), each) for n, each in enumerate(amounts)]
    publish_orders(duckdb, tmp_path, orders)

    rows = rows_of(str(tmp_path), "category_sales_monthly")

    total = sum(map(Decimal, amounts), Decimal(0))
    expected = [share(Decimal(each), total, 6) for each in amounts]
    assert [row["revenue_share"] for row in rows] == expected


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("9999999999999999.99", "0.00"),
        ("0.01", "9999999999999999.99"),
        ("3333333333333333.33", "9999999999999999.99"),
        ("9999999999999999.99", "9999999999999999.98"),
        ("20000.00", "20000.01"),
        ("20000.01", "20000.00"),
        ("7.00", "3.00"),
    ],
)
def test_growth_is_exact_up_and_down(
    duckdb: DuckDbEngine, tmp_path: Path, before: str, now: str
) -> None:
    orders = [
        an_order(1, date(2025, 1, 1), before),
        an_order(2, date(2025, 2, 28), now),
    ]
    publish_orders(duckdb, tmp_path, orders)

    rows = rows_of(str(tmp_path), "revenue_mom")

    change = Decimal(now) - Decimal(before)
    assert rows[1]["revenue_change"] == change
    assert rows[1]["revenue_growth_rate"] == share(change, Decimal(before), 6)


@pytest.mark.parametrize("back", [50, 51])
def test_a_rate_of_customers_is_rounded_once(
    duckdb: DuckDbEngine, tmp_path: Path, back: int
) -> None:
    # 51 of 101 is 0.504950495…: 0.504950, and 0.504951 if it is first rounded to 8 decimals.
    first = [an_order(n, date(2025, 1, 1), "1.00") for n in range(101)]
    again = [
        an_order(200 + n, date(2025, 2, 28), "1.00", customer_id=f"C{n}")
        for n in range(back)
    ]
    publish_orders(duckdb, tmp_path, [*first, *again])

    cohort = rows_of(str(tmp_path), "cohort_retention")
    churn = rows_of(str(tmp_path), "monthly_churn")

    assert cohort[1]["retention_rate"] == share(back, 101, 6)
    assert churn[0]["churn_rate"] == share(101 - back, 101, 6)


def test_one_absurd_line_stops_no_metric(duckdb: DuckDbEngine, tmp_path: Path) -> None:
    absurd = {"quantity": Decimal(999999999), "unit_price": Decimal("99999.9900")}
    orders = [
        an_order(n, date(2025, 1, 1), "214748343194876.53", customer_country=None)
        for n in range(40)
    ]
    publish_orders(duckdb, tmp_path, orders, category="Books", **absurd)

    [row] = rows_of(str(tmp_path), "category_sales_monthly")

    assert row["avg_unit_price"] == Decimal("99999.9900")
    assert row["units_sold"] == 40 * 999999999
    assert row["revenue"] == 40 * Decimal("214748343194876.53")


def test_sums_of_the_greatest_amounts_stop_no_metric(
    duckdb: DuckDbEngine, tmp_path: Path
) -> None:
    greatest = "9999999999999999.99"
    orders = [
        an_order(n, date(2025, 1, 1) + timedelta(days=n), greatest, customer_id="C1")
        for n in range(300)
    ]
    publish_orders(duckdb, tmp_path, orders, category="Books")

    months = rows_of(str(tmp_path), "monthly_revenue")
    growth = rows_of(str(tmp_path), "revenue_mom")
    [country, *_] = rows_of(str(tmp_path), "engagement_by_country")
    [category, *_] = rows_of(str(tmp_path), "category_sales_monthly")

    assert {row["avg_order_value"] for row in months} == {Decimal(greatest)}
    assert growth[-1]["running_revenue"] == 300 * Decimal(greatest)
    assert country["revenue_per_active_customer"] == 31 * Decimal(greatest)
    assert category["revenue_share"] == 1


def a_sale(number: int, amount: Decimal) -> Row:
    """Make a row of ENRICHED_SALES."""
    return {
        "transaction_id": f"T{number}",
        "date": date(2025, 9, 1),
        "customer_id": "C1",
        "region": "North",
        "quantity": Decimal(1),
        "total_amount": amount,
        "is_return": amount < 0,
        "day": 1,
        "year": 2025,
        "month": 9,
    }


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("amounts", AMOUNTS, ids=str)
def test_what_a_sale_is_worth_is_exact_to_the_cent_returns_too(
    duckdb: DuckDbEngine, tmp_path: Path, amounts: Sequence[str], sign: int
) -> None:
    sales = [a_sale(n, sign * Decimal(each)) for n, each in enumerate(amounts)]
    total = sum(sign * Decimal(each) for each in amounts)
    summary = {
        "region": "North",
        "total_revenue": total,
        "transaction_count": len(amounts),
        "year": 2025,
        "month": 9,
    }
    publish(duckdb, tmp_path, ENRICHED_SALES, sales)
    publish(duckdb, tmp_path, SALES_SUMMARY, [summary])

    averages = {
        name: rows_of(str(tmp_path), name)[0]["avg_transaction_value"]
        for name in (
            "monthly_trend",
            "revenue_by_age_group",
            "revenue_by_region",
            "revenue_by_tier",
        )
    }

    assert set(averages.values()) == {share(total, len(amounts), 2)}


def test_averages_of_random_amounts_are_exact(
    duckdb: DuckDbEngine, tmp_path: Path
) -> None:
    random = Random(12)
    orders, expected = [], {}
    for number in range(200):
        month = date(2000 + number // 12, number % 12 + 1, 1)
        count = random.randint(1, 9)
        cents = [random.randint(0, 10**18 // count) for _ in range(count)]
        orders += [
            an_order(number * 10 + place, month, str(Decimal(each).scaleb(-2)))
            for place, each in enumerate(cents)
        ]
        expected[month] = share(Decimal(sum(cents)).scaleb(-2), count, 2)
    publish_orders(duckdb, tmp_path, orders)

    rows = rows_of(str(tmp_path), "monthly_revenue")

    assert {row["order_month_start"]: row["avg_order_value"] for row in rows} == (
        expected
    )
