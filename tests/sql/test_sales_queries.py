"""Each query of sales is what plain arithmetic on the published sales gives."""

from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.pipelines.sales.contracts import ENRICHED_SALES, SALES_SUMMARY
from tests.jobs.shop import Shop, sale
from tests.sql.ledger import share
from tests.sql.orders import rows_of

Rows = list[dict[str, Any]]


@pytest.fixture(scope="module")
def shop(duckdb: DuckDbEngine, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Publish some hundred sales of three months, returns and unknown customers among them."""
    random = Random(5)
    shop = Shop(duckdb, tmp_path_factory.mktemp("sales"))
    shop.load(shop.deliver("some", [_sale(random, number) for number in range(400)]))
    return shop


def _sale(random: Random, number: int) -> dict[str, str]:
    quantity = random.choice([-1, 1, 2, 5, 9])
    price = Decimal(random.randint(1, 30_000)) / 100
    return sale(
        number,
        date=f"2025-{random.choice(['09', '10', '11'])}-{random.randint(1, 30):02}",
        customer_id=random.choice(["C1", "C2", "C3", ""]),
        product=random.choice(["Lamp", "Desk", "Chair"]),
        region=random.choice(["North", "South"]),
        quantity=str(quantity),
        unit_price=str(price),
        total_amount=str(quantity * price),
        currency=random.choice(["EUR", "USD"]),
    )


@pytest.fixture(scope="module")
def lake(shop: Shop) -> str:
    """Return the root of the lake."""
    return str(shop.home / "lake")


@pytest.fixture(scope="module")
def sales(shop: Shop) -> Rows:
    """Read the published sales."""
    return shop.rows(ENRICHED_SALES)


def _grouped(sales: Rows, *names: str) -> dict[tuple[Any, ...], Rows]:
    groups = defaultdict(list)
    for row in sales:
        groups[tuple(row[name] for name in names)].append(row)
    return groups


def _sum(rows: Rows, name: str) -> Any:
    return sum(row[name] for row in rows)


def _average(rows: Rows) -> Decimal | None:
    return share(_sum(rows, "total_amount"), len(rows), 2)


def _customers(rows: Rows) -> int:
    return len({row["customer_id"] for row in rows} - {None})


MEASURES: dict[str, Callable[[Rows], Any]] = {
    "total_revenue": lambda rows: _sum(rows, "total_amount"),
    "transaction_count": len,
    "avg_transaction_value": _average,
    "customer_count": _customers,
    "units_sold": lambda rows: _sum(rows, "quantity"),
    # Of three whole months.
    "is_complete_month": lambda rows: True,
}


@pytest.mark.parametrize(
    ("name", "keys", "measures"),
    [
        ("revenue_by_region", ["region"], [0, 1, 2]),
        ("revenue_by_product", ["product"], [0, 1, 4]),
        ("revenue_by_tier", ["membership_tier"], [0, 1, 2, 3]),
        ("revenue_by_age_group", ["age_group"], [0, 1, 2, 3]),
        ("monthly_trend", ["year", "month"], [0, 1, 2, 3, 5]),
        ("top_region_products", ["region", "product"], [0, 1, 4]),
    ],
)
def test_a_group_has_what_its_sales_add_up_to(
    lake: str, sales: Rows, name: str, keys: list[str], measures: list[int]
) -> None:
    rows = rows_of(lake, name)

    names = [list(MEASURES)[place] for place in measures]
    expected = [
        dict(zip(["currency", *keys], key, strict=True))
        | {name: MEASURES[name](group) for name in names}
        for key, group in _grouped(sales, "currency", *keys).items()
    ]
    assert sorted(rows, key=str) == sorted(expected, key=str)


@pytest.mark.parametrize(
    "name",
    [
        "revenue_by_region",
        "revenue_by_product",
        "revenue_by_tier",
        "top_region_products",
    ],
)
def test_the_greatest_revenue_of_a_currency_comes_first(lake: str, name: str) -> None:
    revenue = [(row["currency"], -row["total_revenue"]) for row in rows_of(lake, name)]

    assert revenue == sorted(revenue)


def test_sales_are_counted_by_amount_without_returns(lake: str, sales: Rows) -> None:
    rows = rows_of(lake, "sales_by_amount")

    counts = Counter(
        (row["currency"], row["total_amount"]) for row in sales if not row["is_return"]
    )
    assert [
        ((row["currency"], row["total_amount"]), row["sales"]) for row in rows
    ] == sorted(counts.items())


def test_months_and_age_groups_stand_in_their_order(lake: str) -> None:
    months = [(row["year"], row["month"]) for row in rows_of(lake, "monthly_trend")]
    ages = [row["age_group"] for row in rows_of(lake, "revenue_by_age_group")]

    assert months == [(2025, 9), (2025, 10), (2025, 11)] * 2
    assert ages == ["26-35", None] * 2


def test_rows_are_counted_with_their_days(lake: str, sales: Rows) -> None:
    [row] = rows_of(lake, "row_count")

    days = sorted(row["date"] for row in sales)
    assert row == {"sales": 400, "first_date": days[0], "last_date": days[-1]}


def test_a_sample_is_the_latest_sales_with_all_columns(lake: str, sales: Rows) -> None:
    rows = rows_of(lake, "sample_sales")

    expected = sorted(sales, key=lambda row: row["transaction_id"])
    expected.sort(key=lambda row: row["date"], reverse=True)
    assert list(rows[0]) == ENRICHED_SALES.columns
    for row in rows:
        assert row.pop("source_file").endswith("/sales.csv")
    assert rows == expected[:10]


def test_the_top_of_the_summary(shop: Shop, lake: str) -> None:
    rows = rows_of(lake, "top_summary_lines")

    keys = ("year", "month", "region", "product")
    expected = sorted(shop.rows(SALES_SUMMARY), key=lambda row: [row[k] for k in keys])
    expected.sort(key=lambda row: (row["currency"], -row["total_revenue"]))
    names = list(rows[0])
    expected = [{name: row[name] for name in names} for row in expected]
    of_currency = [
        [row for row in expected if row["currency"] == each] for each in ("EUR", "USD")
    ]
    assert rows == [row for own in of_currency for row in own[:20]]


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("high_value_sales", 50),
        ("sales_of_last_day", 400),
        ("top_sales_of_last_month", 20),
    ],
)
def test_single_sales_are_picked(lake: str, sales: Rows, name: str, limit: int) -> None:
    rows = rows_of(lake, name)

    last = max(row["date"] for row in sales)
    picked = {
        "high_value_sales": lambda row: row["total_amount"] > 1000,
        "sales_of_last_day": lambda row: row["date"] == last,
        "top_sales_of_last_month": lambda row: row["date"] >= last.replace(day=1),
    }[name]
    expected = sorted(filter(picked, sales), key=lambda row: row["transaction_id"])
    if name != "sales_of_last_day":
        expected.sort(key=lambda row: (row["currency"], -row["total_amount"]))
    if name != "sales_of_last_day":
        of_currency = _grouped(expected, "currency").values()
        expected = [row for own in of_currency for row in own[:limit]]
        limit *= len(of_currency)
    assert len(expected) > 1
    assert rows == [{key: row[key] for key in rows[0]} for row in expected[:limit]]


def test_a_high_value_sale_is_above_a_thousand(
    duckdb: DuckDbEngine, tmp_path: Path
) -> None:
    shop = Shop(duckdb, tmp_path)
    amounts = {1: "1000.00", 2: "1000.01"}
    sales = [
        sale(number, quantity="1", unit_price=amount, total_amount=amount)
        for number, amount in amounts.items()
    ]
    shop.load(shop.deliver("two", sales))

    rows = rows_of(str(tmp_path / "lake"), "high_value_sales")

    assert [row["transaction_id"] for row in rows] == ["T2"]
