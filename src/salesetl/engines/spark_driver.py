"""DuckDB for all of a run on Spark: rows are judged in tasks, and tables are made in the driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.sql import SparkSession

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.duckdb_tables import file_query
from salesetl.engines.engine import Engine
from salesetl.engines.memory import EMBEDDED_INPUT_BYTES, memory_bytes
from salesetl.engines.query_plans import unique_name
from salesetl.engines.sliced import SlicedEngine
from salesetl.engines.spark import SparkEngine
from salesetl.engines.spark_progress import tasks_of
from salesetl.engines.spark_tasks import end_tasks, has_duckdb, tells_of_broken_file
from salesetl.engines.work import Work
from salesetl.storage import join

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Of the memory that Java leaves; the rest is for Python and the system.
_MEMORY_SHARE = 0.75


def engine_on(spark: SparkSession, input_bytes: int) -> Engine:
    """Return the engine for a run on Spark that reads so many bytes.

    If they fit the driver, it makes the tables itself, which costs less than exchanging their rows
    between tasks.
    """
    memory = _spare_memory(spark)
    if input_bytes <= min(EMBEDDED_INPUT_BYTES, memory) and has_duckdb(spark):
        return DriverEngine(spark, memory)
    return SparkEngine(spark)


class DriverEngine(SlicedEngine):
    """Frames of delivered rows are computed in tasks, and all others by DuckDB in this process.

    `memory` is how many bytes DuckDB may take; it keeps the rest on disk.
    """

    def __init__(self, spark: SparkSession, memory: int) -> None:
        super().__init__(spark, memory_limit=f"{memory // 2**20}MiB")

    def facts(self) -> dict[str, Any]:
        """Describe the engine for the run report."""
        spark = SparkEngine(self._spark)
        return spark.facts() | {"rows_judged_by": "duckdb", "tables_made_by": "duckdb"}

    def checkpoint(self, frame: DataFrame, path: str) -> DataFrame:
        """Compute a frame once, in tasks if it has delivered rows, and return what was written."""
        if not self.has_records(frame):
            return super().checkpoint(frame, path)
        files = self._copies.fetch_all(self.written(frame, path))
        return self._view(file_query(*files))

    def rows(self, frame: DataFrame) -> list[dict[str, Any]]:
        """Compute a small frame and return its rows."""
        if self.has_records(frame):
            frame = self.checkpoint(frame, join(self._folder, unique_name("rows")))
        return DuckDbEngine.rows(self, frame)

    def end_work(self) -> None:
        """End the database."""
        self.close()

    def progress(self) -> Work | None:
        """Tell how many tasks are done, or how far the running query is."""
        return tasks_of(self._spark) or super().progress()

    def interrupt(self) -> None:
        """End the query or the tasks that another thread waits for."""
        super().interrupt()
        self._spark.sparkContext.cancelAllJobs()

    def abandon(self) -> None:
        """End Spark and its Java, because its tasks could go on writing."""
        end_tasks(self._spark)

    def is_broken_file(self, error: BaseException) -> bool:
        """Tell whether a query failed because a gzipped file was truncated or damaged."""
        return tells_of_broken_file(error) or super().is_broken_file(error)


def _spare_memory(spark: SparkSession) -> int:
    """How much memory Java leaves on the machine of the driver, but for what others need of it."""
    virtual: Any = spark.sparkContext._jvm
    taken = int(virtual.java.lang.Runtime.getRuntime().maxMemory())
    return round(max(0, memory_bytes() - taken) * _MEMORY_SHARE)
