"""Making and comparing frames in tests."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from chispa import assert_df_equality
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import types as T

from salesetl.schemas.table import Table

LINEAGE = {
    "_raw_record": T.StringType(),
    "_source_header": T.StringType(),
    "_source_file": T.StringType(),
    "_is_well_formed": T.BooleanType(),
}


def frame_of(
    spark: SparkSession, table: Table, rows: Sequence[dict[str, Any]]
) -> DataFrame:
    """Make a frame of a contract; columns that a row does not name are null."""
    values = [tuple(row.get(name) for name in table.columns) for row in rows]
    return spark.createDataFrame(values, table.schema)


def raw_frame_of(
    spark: SparkSession, table: Table, rows: Sequence[dict[str, Any]]
) -> DataFrame:
    """Make a frame as a reader returns it: every column of the contract as text, and lineage."""
    schema = T.StructType(
        [T.StructField(name, T.StringType()) for name in table.columns]
        + [T.StructField(name, data_type) for name, data_type in LINEAGE.items()]
    )
    values = []
    for row in rows:
        texts = [row.get(name) for name in table.columns]
        record = row.get("_raw_record", ",".join(text or "" for text in texts))
        lineage = [
            record,
            None,
            row.get("_source_file", "/in.csv"),
            row.get("_is_well_formed", True),
        ]
        values.append((*texts, *lineage))
    return spark.createDataFrame(values, schema)


def assert_same_rows(actual: DataFrame, expected: DataFrame) -> None:
    """Compare rows in any order, and names and types exactly, precision of decimals included."""
    types = [(field.name, field.dataType) for field in actual.schema]
    assert types == [(field.name, field.dataType) for field in expected.schema]
    assert_df_equality(
        actual,
        expected,
        ignore_row_order=True,
        ignore_nullable=True,
        ignore_metadata=True,
    )


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
    "quantity": 2,
    "unit_price": Decimal("10.5000"),
    "total_amount": Decimal("21.00"),
}
