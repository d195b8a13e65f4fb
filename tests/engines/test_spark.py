"""What only the Spark engine does."""

from pathlib import Path

import duckdb
import pytest
from pyspark.sql import SparkSession
from pyspark.sql import types as T

from salesetl.engines import functions as F
from salesetl.engines.delimited import TextFormat
from salesetl.engines.functions import functions_of
from salesetl.engines.sliced import SlicedEngine
from salesetl.engines.spark import SparkEngine
from salesetl.engines.spark_driver import engine_on
from salesetl.engines.spark_tasks import has_duckdb
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


def test_tasks_without_duckdb_are_told(
    spark: SparkSession,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    assert has_duckdb(spark)
    assert not caplog.records

    monkeypatch.setattr("salesetl.engines.spark_tasks.find_spec", lambda name: None)

    assert not has_duckdb(spark)
    assert "lack salesetl or this version of DuckDB" in caplog.text
    engine = SparkEngine(spark)
    monkeypatch.setattr("salesetl.engines.spark.has_duckdb", lambda _: False)
    assert engine.row_engine is engine
    assert engine.facts()["rows_judged_by"] == "spark"


def test_what_a_failed_attempt_of_a_task_has_written_is_not_read(
    spark: SparkSession, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    file.write_text("name\na\nb\n")
    engine = SparkEngine(spark)
    engine.work_in(str(tmp_path / "work"))
    rows = engine.row_engine
    text = TextFormat(",", "UTF-8", 1, is_multiline=False, width=1)
    with functions_of(rows.functions):
        frame = rows.read_records([str(file)], text).select("_record")
    # As an attempt leaves it that wrote, and failed before it could tell.
    (tmp_path / "judged").mkdir()
    left = tmp_path / "judged" / "part-0.parquet"
    duckdb.sql(f"copy (select 'c' as _record) to '{left}'")

    kept = engine.checkpoint(frame, str(tmp_path / "judged"))

    assert sorted(row["_record"] for row in engine.rows(kept)) == ["a", "b"]
    assert sorted(row["_record"] for row in rows.rows(frame)) == ["a", "b"]
    engine.end_work()


@pytest.mark.parametrize(
    ("number", "tasks"),
    [
        ("1", 5),
        ("row_number() over (partition by _source_file order by _record)", 1),
    ],
)
def test_a_file_is_cut_unless_its_rows_are_numbered(
    spark: SparkSession,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    number: str,
    tasks: int,
) -> None:
    monkeypatch.setattr("salesetl.engines.sliced.SLICE_BYTES", 100)
    file = tmp_path / "a.csv"
    file.write_text("name\n" + "".join(f"{n:03}\n" for n in range(120)))
    engine = SparkEngine(spark)
    rows = engine.row_engine
    text = TextFormat(",", "UTF-8", 1, is_multiline=False, width=1)
    with functions_of(rows.functions):
        read = rows.read_records([str(file)], text).select("_record", "_source_file")
        frame = read.withColumn("number", F.expr(number))

    found = engine.rows(engine.checkpoint(frame, str(tmp_path / "judged")))

    assert sorted(row["_record"] for row in found) == [f"{n:03}" for n in range(120)]
    assert len({*(row["number"] for row in found)}) == (120 if tasks == 1 else 1)
    assert len([*(tmp_path / "judged").glob("*.parquet")]) == tasks
    engine.end_work()


def test_tasks_have_the_cores_that_would_be_idle(spark: SparkSession) -> None:
    engine = SlicedEngine(spark)
    cores = spark.sparkContext.defaultParallelism

    threads = [engine._threads(tasks) for tasks in (1, cores, 3 * cores)]

    assert threads == [cores, 1, 1]
    engine.close()


@pytest.mark.parametrize(
    ("spare_gibibytes", "input_gibibytes", "made_by"),
    [(16, 1, "duckdb"), (16, 7, "spark"), (2, 1, "duckdb"), (2, 2, "spark")]
    + [(1, 0, "spark"), (-1, 0, "spark")],
)
def test_the_driver_makes_the_tables_if_the_files_fit_it(
    spark: SparkSession,
    monkeypatch: pytest.MonkeyPatch,
    spare_gibibytes: int,
    input_gibibytes: int,
    made_by: str,
) -> None:
    taken = spark.sparkContext._jvm.java.lang.Runtime.getRuntime().maxMemory()  # type: ignore[union-attr]
    memory = taken + spare_gibibytes * 2**30
    monkeypatch.setattr("salesetl.engines.spark_driver.memory_bytes", lambda: memory)

    engine = engine_on(spark, input_gibibytes * 2**30)

    assert engine.facts()["tables_made_by"] == made_by
    engine.end_work()


def test_tasks_are_asked_once_for_duckdb(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []

    def has_none(spark: SparkSession) -> bool:
        asked.append(True)
        return False

    monkeypatch.setattr("salesetl.engines.spark.has_duckdb", has_none)

    engine = engine_on(spark, 0)

    assert engine.facts()["rows_judged_by"] == "spark"
    assert engine.row_engine is engine
    assert asked == [True]
