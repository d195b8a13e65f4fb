"""A type is widened only if old files are read right by it."""

from typing import Any

import pytest
from pyspark.sql import SparkSession

from salesetl.catalog.type_changes import type_change


@pytest.mark.parametrize(
    "old, new",
    [
        ("tinyint", "int"),
        ("smallint", "int"),
        ("decimal(5,2)", "decimal(9,2)"),
        ("decimal(12,2)", "decimal(18,2)"),
        ("decimal(20,2)", "decimal(38,2)"),
    ],
)
def test_a_widened_column_is_read_right_from_old_files(
    old: str, new: str, spark: SparkSession, tmp_path: Any
) -> None:
    path = str(tmp_path / "old")
    spark.sql(f"select cast(7 as {old}) as x").write.parquet(path)

    rows = spark.read.schema(f"x {new}").parquet(path).collect()

    assert type_change(old, new) == "widened"
    assert [row.x for row in rows] == [7]


@pytest.mark.parametrize(
    "old, new",
    [
        ("int", "bigint"),
        ("bigint", "int"),
        ("int", "string"),
        ("string", "date"),
        ("decimal(9,2)", "decimal(18,2)"),
        ("decimal(18,2)", "decimal(38,2)"),
        ("decimal(12,2)", "decimal(14,4)"),
        ("decimal(18,2)", "decimal(12,2)"),
    ],
)
def test_other_types_are_refused(old: str, new: str) -> None:
    assert type_change(old, new) == "refused"


def test_the_spelling_of_a_type_is_no_change_of_it() -> None:
    assert type_change("INTEGER", "int") == "same"
    assert type_change("decimal(12, 2)", "decimal(12,2)") == "same"
