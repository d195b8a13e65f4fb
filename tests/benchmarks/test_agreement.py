"""Programs are compared only if they give the same."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from benchmarks.agreement import agree, orders_answer, sums_off

EXACT: dict[str, Any] = {
    "rows": 3,
    "keys": 3,
    "revenue": {"": Decimal("13000000000.00")},
    "summary": {
        ("North", "Lamp", 2025, 9): (Decimal("9000000000.00"), 2, 4, 1),
        ("South", "Lamp", 2025, 9): (Decimal("4000000000.00"), 1, 1, 1),
    },
}


def with_revenue(amount: str) -> dict[str, Any]:
    """Return the answer with another revenue in total and in its first line."""
    lines = EXACT["summary"]
    key, line = next(iter(lines.items()))
    changed = {key: (line[0] + Decimal(amount), *line[1:])}
    total = EXACT["revenue"][""] + Decimal(amount)
    return EXACT | {"revenue": {"": total}, "summary": lines | changed}


def test_an_exact_program_must_agree_to_the_cent() -> None:
    assert agree(EXACT, EXACT, is_exact=True)
    assert not agree(with_revenue("0.01"), EXACT, is_exact=True)


def test_sums_of_floats_may_lose_what_floats_lose() -> None:
    assert agree(with_revenue("0.02"), EXACT, is_exact=False)
    assert sums_off(with_revenue("0.02"), EXACT) == 1
    assert not agree(with_revenue("1.00"), EXACT, is_exact=False)


@pytest.mark.parametrize(
    "change",
    [{"rows": 2}, {"keys": 2}, {"summary": {}}],
    ids=lambda change: str(change),
)
def test_rows_and_counts_must_agree_in_any_case(change: dict[str, Any]) -> None:
    assert not agree(EXACT | change, EXACT, is_exact=False)


def write_orders(out: Path, items: str) -> Path:
    """Write two orders of two months, and items of them as SQL says."""
    orders = (
        "values ('A', 10.00, '2025', '01', 'EUR'), ('B', 0.05, '2025', '02', 'INR')"
    )
    for table, rows, names in (
        ("fact_orders", orders, "order_total, order_year, order_month, currency"),
        ("fact_order_items", items, "line_total, order_year, order_month"),
    ):
        (out / "orders").mkdir(exist_ok=True)
        duckdb.sql(
            f"copy (from ({rows}) as t (order_id, {names}))"
            f" to '{out / 'orders' / table}' (format parquet, partition_by (order_year, order_month))"
        )
    return out


def test_orders_are_compared_by_month_table_and_currency(tmp_path: Path) -> None:
    out = write_orders(
        tmp_path,
        "values ('A', 4.00, '2025', '01'), ('A', 6.00, '2025', '01'),"
        " ('B', 0.05, '2025', '02')",
    )

    assert orders_answer(out) == {
        "rows": 2,
        "keys": 2,
        "revenue": {"EUR": Decimal("10.00"), "INR": Decimal("0.05")},
        "summary": {
            ("fact_orders", 2025, 1, "EUR"): (Decimal("10.00"), 1, 1),
            ("fact_orders", 2025, 2, "INR"): (Decimal("0.05"), 1, 1),
            ("fact_order_items", 2025, 1, "EUR"): (Decimal("10.00"), 2, 1),
            ("fact_order_items", 2025, 2, "INR"): (Decimal("0.05"), 1, 1),
        },
    }
