"""DuckDB for all of a run on Spark: rows are judged in tasks, and tables are made in the driver."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.sql import SparkSession

from salesetl.engines.engine import Engine
from salesetl.engines.memory import EMBEDDED_INPUT_BYTES, memory_bytes
from salesetl.engines.sliced import SlicedEngine
from salesetl.engines.spark import SparkEngine
from salesetl.engines.work import Work

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Of the memory that Java leaves; the rest is for Python and the system.
_MEMORY_SHARE = 0.75
_LEAST_MEMORY = 2**30


def engine_on(spark: SparkSession, input_bytes: int) -> Engine:
    """Return the engine for a run on Spark that reads so many bytes.

    If they fit the driver, it makes the tables itself, which costs less than exchanging their rows
    between tasks.
    """
    engine = SparkEngine(spark)
    memory = _spare_memory(spark)
    is_small = input_bytes <= min(EMBEDDED_INPUT_BYTES, memory)
    if is_small and memory >= _LEAST_MEMORY and engine.has_duckdb:
        return DriverEngine(engine, memory)
    return engine


class DriverEngine(SlicedEngine):
    """Frames of delivered rows are computed in tasks, and all others by DuckDB in this process.

    `engine` runs the tasks. `memory` is how many bytes DuckDB may take; it keeps the rest on disk.
    """

    def __init__(self, engine: SparkEngine, memory: int) -> None:
        super().__init__(engine.spark, memory_limit=f"{memory // 2**20}MiB")
        self._engine = engine

    def facts(self) -> dict[str, Any]:
        """Describe the engine for the run report."""
        return self._engine.facts() | {"tables_made_by": "duckdb"}

    def checkpoint(self, frame: DataFrame, path: str) -> DataFrame:
        """Compute a frame once, in tasks if it has delivered rows, and return what was written."""
        if self.has_records(frame):
            return self.kept(frame, path)
        return super().checkpoint(frame, path)

    def end_work(self) -> None:
        """End the database."""
        self.close()

    def progress(self) -> Work | None:
        """Tell how many tasks are done, or how far the running query is."""
        return self._engine.progress() or super().progress()

    def interrupt(self) -> None:
        """End the query or the tasks that another thread waits for."""
        super().interrupt()
        self._engine.interrupt()

    def abandon(self) -> None:
        """End Spark and its Java, because its tasks could go on writing."""
        self._engine.abandon()

    def is_broken_file(self, error: BaseException) -> bool:
        """Tell whether a query failed because a gzipped file was truncated or damaged."""
        is_of_task = self._engine.is_broken_file(error)
        return is_of_task or super().is_broken_file(error)


def _spare_memory(spark: SparkSession) -> int:
    """How many bytes DuckDB may take in the driver, beside Java and the system."""
    virtual: Any = spark.sparkContext._jvm
    taken = int(virtual.java.lang.Runtime.getRuntime().maxMemory())
    return round(max(0, memory_bytes() - taken) * _MEMORY_SHARE)
