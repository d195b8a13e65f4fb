"""Making and comparing frames in tests."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from chispa import assert_df_equality
from pyspark.sql import DataFrame

from salesetl.accounting import Tally, count_outcomes
from salesetl.engines import functions as F
from salesetl.engines.engine import Engine
from salesetl.engines.functions import functions_of
from salesetl.engines.spark import SparkEngine
from salesetl.model.source import Csv, Json, Source
from salesetl.model.table import Table
from salesetl.quality.deciding import classify
from salesetl.quality.judging import judge
from salesetl.readers.json import read_json
from salesetl.readers.raw_rows import LINEAGE

on_each_engine = pytest.mark.parametrize("engine", ["duckdb", "spark"], indirect=True)
"""Marks a test that is of code that each engine has for itself."""


def frame_of(engine: Engine, table: Table, rows: Sequence[dict[str, Any]]) -> DataFrame:
    """Make a frame of a contract; columns that a row does not name are null."""
    values = [tuple(row.get(name) for name in table.columns) for row in rows]
    return engine.frame(values, table.types)


def values_by_case(engine: Engine, cases: Sequence[tuple[str, str]]) -> list[Any]:
    """Evaluate a SQL expression for each case, over its own value of the column `text`."""
    frame = engine.frame(
        [(number, text) for number, (_, text) in enumerate(cases)],
        {"number": "int", "text": "string"},
    )
    whens = (f"when {number} then {sql}" for number, (sql, _) in enumerate(cases))
    value = F.expr(f"case number {' '.join(whens)} end").alias("value")
    found = {
        row["number"]: row["value"]
        for row in engine.rows(frame.select("number", value))
    }
    return [found[number] for number in range(len(cases))]


def raw_frame_of(
    engine: Engine, table: Table, rows: Sequence[dict[str, Any]]
) -> DataFrame:
    """Make a frame as a reader returns it: every column of the contract as text, and lineage."""
    values = []
    for row in rows:
        texts = [row.get(name) for name in table.columns]
        record = row.get("_raw_record", ",".join(text or "" for text in texts))
        lineage = [
            record,
            None,
            row.get("_source_file", "/in.csv"),
            row.get("_place"),
            row.get("_fault", ""),
            False,
            None,
        ]
        values.append((*texts, *lineage))
    return engine.frame(values, dict.fromkeys(table.columns, "string") | LINEAGE)


def raw_objects_of(
    engine: Engine, source: Source, objects: Sequence[dict[str, Any]]
) -> DataFrame:
    """Write objects to a file, a line each, and read it."""
    folder = Path(mkdtemp())
    (folder / "delivered.json").write_text(
        "".join(f"{json.dumps(each)}\n" for each in objects)
    )
    staging = str(folder / "_staging")
    assert isinstance(source.reader, Json)
    return read_json(
        engine,
        str(folder),
        source.contract,
        source.reader,
        staging,
        allow_empty=True,
    ).frame


@dataclass(frozen=True)
class Outcomes:
    """Rows with the outcome of each, and their count."""

    rows: DataFrame
    tally: Tally


def classified(engine: Engine, rows: DataFrame, table: Table) -> Outcomes:
    """Decide the outcome of rows as a run does, in a folder of their own."""
    source = Source(table, Csv())
    found = classify(engine, judge(rows, table), source, table, mkdtemp())
    return Outcomes(found, count_outcomes(engine, found, table))


def assert_same_rows(engine: Engine, actual: DataFrame, expected: DataFrame) -> None:
    """Compare rows in any order, and names and types exactly, precision of decimals included."""
    types = list(engine.types(actual).items())
    assert types == list(engine.types(expected).items())
    if isinstance(engine, SparkEngine):
        assert_df_equality(
            actual,
            expected,
            ignore_row_order=True,
            ignore_nullable=True,
            ignore_metadata=True,
        )
    else:
        assert _sorted_rows(engine, actual) == _sorted_rows(engine, expected)


def _sorted_rows(engine: Engine, frame: DataFrame) -> list[dict[str, Any]]:
    return sorted(engine.rows(frame), key=str)


def values_of(
    engine: Engine, texts: Sequence[str | None], expression: str
) -> list[Any]:
    """Evaluate an expression over a column `text`, in order."""
    rows = [(place, text) for place, text in enumerate(texts)]
    frame = engine.frame(rows, {"place": "int", "text": "string"})
    values = frame.select("place", F.expr(expression).alias("value")).orderBy("place")
    return [row["value"] for row in engine.rows(values)]


def differing_values(
    one: Engine, other: Engine, texts: Sequence[str | None], expressions: Sequence[str]
) -> list[tuple[str | None, str, Any, Any]]:
    """Evaluate expressions over a column `text` on two engines, each over all texts at once.

    Return each text and expression of which the engines say two things, with both.
    """
    places = range(len(texts))
    values, others = (
        _all_values(engine, texts, expressions) for engine in (one, other)
    )
    return [
        (texts[place], expression, values[place][number], others[place][number])
        for place in places
        for number, expression in enumerate(expressions)
        if values[place][number] != others[place][number]
    ]


def _all_values(
    engine: Engine, texts: Sequence[str | None], expressions: Sequence[str]
) -> list[list[Any]]:
    with functions_of(engine.functions):
        frame = engine.frame([*enumerate(texts)], {"place": "int", "text": "string"})
        columns = [
            F.expr(expression).alias(f"value_{number}")
            for number, expression in enumerate(expressions)
        ]
        rows = engine.rows(frame.select("place", *columns))
    ordered = sorted(rows, key=lambda row: int(row.pop("place")))
    return [[_in_utc(value) for value in row.values()] for row in ordered]


def _in_utc(value: Any) -> Any:
    """Give a time the zone that it is in: Spark returns times in UTC without one."""
    if isinstance(value, datetime) and value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    return value


SALE = {
    "transaction_id": "T1",
    "date": "2025-09-10",
    "customer_id": "C1",
    "product": "Lamp",
    "quantity": "2",
    "unit_price": "10.50",
    "region": "North",
    "total_amount": "21.00",
}
"""A delivered sale that keeps every rule."""

TYPED_SALE = SALE | {
    "date": date(2025, 9, 10),
    "quantity": Decimal(2),
    "unit_price": Decimal("10.5000"),
    "total_amount": Decimal("21.00"),
    "currency": None,
    "discount_amount": Decimal(0),
    "tax_amount": Decimal(0),
    "shipping_amount": Decimal(0),
}

ITEM = {"product_id": "P1", "category": "home", "quantity": 2, "unit_price": 10.5}

ORDER: dict[str, Any] = {
    "order_id": "O1",
    "order_timestamp": "2025-01-10T08:30:00Z",
    "customer": {"customer_id": "C1", "country": "US", "segment": "consumer"},
    "sales_channel": "online",
    "payment": {"method": "paypal", "status": "paid"},
    "items": [
        ITEM,
        {"product_id": "P2", "category": "beauty", "quantity": 1, "unit_price": 4.25},
    ],
    "order_total": 25.25,
    "currency": "USD",
}
"""A delivered order that keeps every rule."""
