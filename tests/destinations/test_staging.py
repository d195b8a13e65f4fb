"""What is written aside is looked at before anybody else may."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame

from salesetl.destinations.lake import Change
from salesetl.destinations.staging import count, stage
from salesetl.engines import functions as F
from salesetl.engines.engine import Engine
from salesetl.errors import BooksError
from salesetl.pipelines.orders.contracts import FACT_ORDERS
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from tests.frames import TYPED_SALE, frame_of, on_each_engine

SALE = TYPED_SALE | {"is_return": False, "day": 10, "year": 2025, "month": 9}


def change_of(engine: Engine, *rows: dict[str, Any]) -> Change:
    """Make a change that brings rows in."""
    folders = sorted({f"year={row['year']}/month={row['month']}" for row in rows})
    return Change(ENRICHED_SALES, frame_of(engine, ENRICHED_SALES, rows), None, folders)


def total(amount: str) -> dict[str, dict[None, Decimal]]:
    """Return sums of sales."""
    return {"total_amount": {None: Decimal(amount)}}


def test_partitions_are_measured(engine: Engine, tmp_path: Path) -> None:
    october = SALE | {"transaction_id": "T3", "month": 10}

    staged = stage(
        engine,
        change_of(engine, SALE, SALE | {"transaction_id": "T2"}, october),
        str(tmp_path),
    )

    measured = {
        name: (each.rows, each.sums, each.files)
        for name, each in staged.partitions.items()
    }
    assert measured == {
        "year=2025/month=9": (2, total("42.00"), 1),
        "year=2025/month=10": (1, total("21.00"), 1),
    }
    assert (staged.row_count, staged.sums) == (3, total("63.00"))
    sizes = {
        name: sum(file.size for file in files) for name, files in staged.files.items()
    }
    assert sizes == {name: each.bytes for name, each in staged.partitions.items()}


@on_each_engine
@pytest.mark.parametrize("column", ["total_amount", "region"])
def test_a_type_that_is_not_the_contracts_stops_the_run(
    engine: Engine, tmp_path: Path, column: str
) -> None:
    wrong: DataFrame = frame_of(engine, ENRICHED_SALES, [SALE]).withColumn(
        column, F.lit(1).cast("decimal(17, 2)")
    )

    with pytest.raises(
        BooksError,
        match=f"written as .*{column}.*but the contract of enriched_sales has",
    ):
        stage(
            engine,
            Change(ENRICHED_SALES, wrong, None, ["year=2025/month=9"]),
            str(tmp_path),
        )


def test_nothing_is_staged_of_nothing(engine: Engine, tmp_path: Path) -> None:
    staged = stage(engine, change_of(engine), str(tmp_path))

    assert not staged.files
    assert (staged.row_count, staged.sums) == (0, {"total_amount": {}})


def test_rows_that_stay_are_counted(engine: Engine) -> None:
    change = change_of(engine, SALE)

    assert count(engine, change.table, change.kept) == (0, {})
    kept = count(engine, change.table, change.rows)
    assert kept == (1, total("21.00"))


def test_amounts_of_orders_are_measured_by_currency(
    engine: Engine, tmp_path: Path
) -> None:
    orders = [
        {
            "order_id": f"O{number}",
            "currency": currency,
            "order_total": Decimal(amount),
            "order_year": "2025",
            "order_month": month,
        }
        for number, (month, currency, amount) in enumerate(
            [
                ("01", "EUR", "8"),
                ("01", "INR", "5"),
                ("01", "EUR", "1"),
                ("02", "INR", "2"),
            ]
        )
    ]
    folders = ["order_year=2025/order_month=01", "order_year=2025/order_month=02"]
    change = Change(FACT_ORDERS, frame_of(engine, FACT_ORDERS, orders), None, folders)

    staged = stage(engine, change, str(tmp_path))

    january, february = staged.partitions.values()
    assert (january.rows, february.rows) == (3, 1)
    assert january.sums["order_total"] == {"EUR": Decimal(9), "INR": Decimal(5)}
    assert february.sums["order_total"] == {"INR": Decimal(2)}
    assert staged.sums["order_total"] == {"EUR": Decimal(9), "INR": Decimal(7)}
    kept = count(engine, change.table, change.rows)
    assert kept == (4, staged.sums)


@on_each_engine
@pytest.mark.parametrize("month", [9, 10])
def test_a_key_that_would_be_there_twice_stops_the_run(
    engine: Engine, tmp_path: Path, month: int
) -> None:
    change = change_of(engine, SALE, SALE | {"month": month})

    with pytest.raises(
        BooksError, match="transaction_id T1 would be in the table twice"
    ):
        stage(engine, change, str(tmp_path))


def test_a_key_that_the_lake_has_twice_stops_the_run(
    engine: Engine, tmp_path: Path
) -> None:
    change = change_of(engine, SALE, SALE)
    staying = replace(change, kept=change.rows, folders=["year=2025/month=9"])

    with pytest.raises(
        BooksError, match="the lake already has a transaction_id twice, .*year"
    ):
        stage(engine, staying, str(tmp_path))


def test_a_key_that_stays_and_arrives_is_not_blamed_on_the_lake(
    engine: Engine, tmp_path: Path
) -> None:
    once = change_of(engine, SALE).rows
    change = replace(change_of(engine, SALE, SALE), kept=once)

    with pytest.raises(
        BooksError, match="transaction_id T1 would be in the table twice"
    ):
        stage(engine, change, str(tmp_path))
