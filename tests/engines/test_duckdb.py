"""What only the embedded engine does."""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from salesetl.engines import duckdb_text
from salesetl.engines.delimited import TextFormat
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from tests.jobs.shop import Shop, sale

ROOT = Path(__file__).parents[2]

# Runs the job as where PySpark is not installed.
_WITHOUT_PYSPARK = """
import runpy, sys
sys.modules["pyspark"] = None
runpy.run_path("jobs/enrich_sales.py", run_name="__main__")
"""


_MIXED = {"number": "int", "Two Words": "array<string>"}


@pytest.mark.slow
def test_a_job_runs_without_pyspark_and_java(
    duckdb: DuckDbEngine, tmp_path: Path
) -> None:
    shop = Shop(duckdb, tmp_path)
    sales_path = shop.deliver("raw", [sale(1), sale(2, quantity="x")])
    words = [f"--sales_path={sales_path}", f"--customers_path={shop.customers()}"]
    words += [f"--output_path={tmp_path / 'lake'}", "--max_rejected_ratio=1"]

    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_PYSPARK, *words],
        cwd=ROOT,
        env={"PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "(DuckDB " in done.stdout
    assert shop.ids() == ["T1"]


def test_spark_reads_the_comments_of_a_table_that_duckdb_wrote(
    duckdb: DuckDbEngine, spark: SparkSession, tmp_path: Path
) -> None:
    shop = Shop(duckdb, tmp_path)
    shop.load(shop.deliver("raw", [sale(1)]))

    schema = spark.read.parquet(str(tmp_path / "lake/sales/enriched_sales")).schema

    assert schema["region"].metadata == ENRICHED_SALES.field("region").metadata
    assert json.loads(schema["region"].json())["type"] == "string"


def test_an_engine_within_another_leaves_it_as_it_was(duckdb: DuckDbEngine) -> None:
    before = duckdb.frame([(1,)], {"number": "int"})
    inner = DuckDbEngine()
    assert inner.rows(inner.frame([(2,)], {"number": "int"})) == [{"number": 2}]
    inner.close()

    assert duckdb.rows(before.where("number = 1")) == [{"number": 1}]


def test_what_a_query_leaves_behind_goes_with_the_engine() -> None:
    engine = DuckDbEngine()
    scratch = Path(engine._scratch.name)
    assert scratch.is_dir()

    engine.close()

    assert not scratch.exists()


def test_the_columns_of_a_frame_are_not_searched_among_those_of_all(
    duckdb: DuckDbEngine,
) -> None:
    """Else every run of a process would cost more than the one before it."""
    duckdb._connection.execute("call enable_logging('QueryLog')")
    try:
        frame = duckdb.frame([(1, ["x"])], _MIXED)
        log = "select message from duckdb_logs() where type = 'QueryLog'"
        [*queries] = duckdb._connection.execute(log).fetchall()
    finally:
        duckdb._connection.execute("call disable_logging()")

    assert [query for [query] in queries if "information_schema" in query] == []
    assert duckdb.types(frame) == {"number": "int", "Two Words": "array<string>"}
    assert duckdb.rows(frame) == [{"number": 1, "Two Words": ["x"]}]


@pytest.mark.parametrize(
    ("name", "encoding", "steps"),
    [
        ("a.csv", "UTF-8", ["lines_of_file"]),
        ("a.csv", "cp1252", ["records_of"]),
        ("a.csv.gz", "UTF-8", ["unpacked", "lines_of_file"]),
        ("a.csv.gz", "cp1252", ["unpacked", "records_of"]),
    ],
)
def test_a_file_is_prepared_once_as_long_as_it_is_not_changed(
    duckdb: DuckDbEngine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    encoding: str,
    steps: list[str],
) -> None:
    done: list[str] = []

    def noted(step: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            done.append(step)
            return function(*arguments)

        return call

    for step in ("unpacked", "lines_of_file", "records_of"):
        monkeypatch.setattr(duckdb_text, step, noted(step, getattr(duckdb_text, step)))
    path = tmp_path / name
    text = TextFormat(",", encoding, 1, is_multiline=False, width=1)

    def write(content: str) -> None:
        encoded = content.encode(encoding)
        path.write_bytes(gzip.compress(encoded) if name.endswith(".gz") else encoded)

    def read(*texts: TextFormat) -> list[str]:
        frames = [duckdb.read_records([str(path)], each) for each in texts]
        return [row["_record"] for frame in frames for row in duckdb.rows(frame)]

    write("id\né\n")
    assert read(text, replace(text, has_first_fields=True)) == ["é", "é"]
    assert done == steps

    write("id\nlonger\n")
    assert read(text) == ["longer"]
    assert done == steps * 2
