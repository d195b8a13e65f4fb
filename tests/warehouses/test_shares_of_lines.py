"""Shares of the lines of an order are exact to four decimals, however much the order is worth."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import duckdb
import pytest

from tests.warehouses.compiled_models import compiled_models
from tests.warehouses.dbt_program import needs_dbt

pytestmark = [needs_dbt, pytest.mark.slow]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The SQL of the shares."""
    return compiled_models(tmp_path_factory.mktemp("dbt"))["analytics_order_items"]


@pytest.fixture
def database() -> Iterator[Any]:
    """An empty fact of lines."""
    with duckdb.connect() as opened:
        opened.execute("""
            create table fct_order_items (order_id varchar, line_number integer,
                customer_id varchar, order_date date, is_paid boolean, product_id varchar,
                product_name varchar, category varchar, quantity integer,
                unit_price decimal(12, 4), line_total decimal(18, 2), currency varchar)
        """)
        yield opened


@pytest.mark.parametrize(
    "totals",
    [
        ["9999999999999.99"],
        ["3333333333333.33", "3333333333333.33", "3333333333333.33"],
        ["0.01", "9999999999999.97", "0.01"],
        ["0.01", "0.02", "0.03"],
        ["1.00", "1999999.00"],
        ["0.00", "5.00"],
    ],
)
def test_shares_are_those_of_running_totals(
    database: Any, model: str, totals: list[str]
) -> None:
    amounts = [Decimal(total) for total in totals]
    for number, amount in enumerate(amounts, start=1):
        database.execute(
            "insert into fct_order_items (order_id, line_number, line_total) values ('O1', ?, ?)",
            [number, amount],
        )

    found = database.execute(
        f"select share_of_order from ({model}) order by line_number"
    ).fetchall()

    shares = [
        (100 * sum(amounts[:count], Decimal(0)) / sum(amounts, Decimal(0))).quantize(
            Decimal("0.0001"), ROUND_HALF_UP
        )
        for count in range(len(amounts) + 1)
    ]
    due = [after - before for before, after in zip(shares, shares[1:])]
    assert [share for (share,) in found] == due
    assert sum(due) == 100
