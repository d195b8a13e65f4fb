"""What only the Spark engine does."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession
from pyspark.sql import types as T

from salesetl.engines.spark import SparkEngine
from salesetl.engines.spark_text import spark_path
from salesetl.errors import InputError
from salesetl.model.table import Table, column


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a b/ü+%.csv", "file:///a b/ü+%.csv"),
        ("/x[1]{2}*?", "file:///x\\[1\\]\\{2\\}\\*\\?"),
        ("s3://bucket/a:b*", "s3://bucket/a:b\\*"),
    ],
)
def test_a_path_means_itself(path: str, expected: str) -> None:
    assert spark_path(path) == expected


def test_a_colon_in_a_local_path_is_named_before_spark_stumbles_over_it() -> None:
    with pytest.raises(
        InputError, match="12:00.csv: Spark cannot read a local path with a colon"
    ):
        spark_path("/in/12:00.csv")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("java.io.EOFException: Unexpected end", True),
        ("ZipException: x", True),
        ("no rows", False),
    ],
)
def test_a_broken_file_is_known_by_what_java_says(
    spark: SparkSession, told: str, expected: bool
) -> None:
    assert SparkEngine(spark).is_broken_file(RuntimeError(told)) is expected


def test_a_partition_has_one_file_however_many_tasks_made_its_rows(
    spark: SparkSession, tmp_path: Path
) -> None:
    rows = spark.range(0, 1000, 1, 8).selectExpr("id", "cast(id % 3 as int) as month")
    fields = [
        column("id", T.LongType(), "Number"),
        column("month", T.IntegerType(), "Month"),
    ]
    table = Table(
        "numbers", "one number", T.StructType(fields), ("id",), partition_by=("month",)
    )

    engine = SparkEngine(spark)
    engine.write_table(rows, str(tmp_path / "table"), table)

    written = list((tmp_path / "table").glob("month=*"))
    assert [len(list(folder.glob("*.snappy.parquet"))) for folder in written] == [
        1,
        1,
        1,
    ]
    folders = ["month=1", "month=2"]
    read = engine.read_parquet(str(tmp_path / "table"), folders, rows.schema)
    assert sorted({row["month"] for row in read.collect()}) == [1, 2]
    schema = spark.read.parquet(str(tmp_path / "table")).schema
    assert schema["id"].metadata == {"comment": "Number"}
