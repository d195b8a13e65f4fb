"""What only the embedded engine does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

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
