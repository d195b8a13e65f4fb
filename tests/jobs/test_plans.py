"""What Spark is asked to do for a run is kept as a text, so that a scan or an exchange more shows.

After a change that is meant, look at the difference and write the text again:
UPDATE_PLANS=1 python -m pytest tests/jobs/test_plans.py
"""

import os
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import DataFrame, SparkSession

from salesetl.engines.spark import SparkEngine
from salesetl.model.table import Table
from tests.jobs.shop import Shop, sale

PLANS = Path(__file__).parent / "plans"

# An operator, without its arguments, behind the branches of the tree that it hangs on.
_OPERATOR = re.compile(r"^([ :+-]*)(\*\(\d+\) )?(\w+)( (?:csv|text|parquet)\b)?")


class RecordingEngine(SparkEngine):
    """Spark, with a note of the plan of every frame that it is asked to compute."""

    def __init__(self, spark: SparkSession) -> None:
        super().__init__(spark)
        self.plans: list[str] = []

    def checkpoint(self, frame: DataFrame, path: str) -> DataFrame:
        """Note the plan of what is kept."""
        self._note("checkpoint " + "/".join(path.split("/")[-2:]), frame)
        return super().checkpoint(frame, path)

    def write_table(self, frame: DataFrame, path: str, table: Table) -> None:
        """Note the plan of what is written, before its rows are brought together."""
        self._note(f"write {table.name}", frame)
        super().write_table(frame, path, table)

    def rows(self, frame: DataFrame) -> list[dict[str, Any]]:
        """Note the plan of what is asked."""
        self._note("rows", frame)
        return super().rows(frame)

    def _note(self, title: str, frame: DataFrame) -> None:
        if not isinstance(frame, DataFrame):
            # Of the row engine: what it does is one query of DuckDB in each task.
            self.plans.append(f"# {title}\nSlices\n")
            return
        plan = frame._jdf.queryExecution().executedPlan().toString()
        lines = [outline(line) for line in plan.splitlines()]
        self.plans.append("\n".join([f"# {title}", *filter(None, lines), ""]))


def outline(line: str) -> str:
    """Return the operator of a line of a plan."""
    found = _OPERATOR.match(line)
    return "" if found is None else "".join([found[1], found[3], found[4] or ""])


@pytest.mark.parametrize(
    "spark_way, scan, scans",
    [("tasks", "Slices", 2), ("spark", "FileScan csv", 1)],
    indirect=["spark_way"],
)
@pytest.mark.usefixtures("spark_way")
def test_a_run_scans_and_exchanges_no_more_than_was_reviewed(
    spark: SparkSession,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    scan: str,
    scans: int,
) -> None:
    september: Mapping[str, Any] = {"as_of": date(2025, 9, 30)}
    engine = RecordingEngine(spark)
    shop = Shop(engine, tmp_path)
    sales = [sale(1), sale(2), sale(2), sale(3, quantity="x")]
    shop.load(shop.deliver("first", sales), **september)
    engine.plans.clear()
    shop.load(shop.deliver("second", [*sales, sale(4)]), **september)

    told = "\n".join(engine.plans)

    way = request.node.callspec.params["spark_way"]
    path = PLANS / f"spark-{spark.version.split('.')[0]}-rows-by-{way}.txt"
    if os.environ.get("UPDATE_PLANS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(told)
    assert told == path.read_text(), "a plan has changed: see the top of this file"
    assert told.count(scan) == scans
