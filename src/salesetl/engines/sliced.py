"""DuckDB for what is done row by row, in the tasks of Spark."""

from __future__ import annotations

import os
import re
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pyspark.sql import SparkSession

from salesetl.engines.copies import sizes_of
from salesetl.engines.delimited import TextFormat
from salesetl.engines.duckdb import FIRST, LONGEST, DuckDbEngine
from salesetl.engines.duckdb_tables import file_query, spark_schema
from salesetl.engines.duckdb_text import literal
from salesetl.engines.engine import Engine
from salesetl.engines.query_plans import unique_name
from salesetl.engines.recorded import Frame
from salesetl.engines.records import is_packed
from salesetl.engines.slices import (
    SLICE_BYTES,
    Plan,
    Records,
    Slice,
    slices_of,
    write_slice,
)
from salesetl.engines.spark_text import spark_path, spark_uri
from salesetl.storage import join, storage_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_HEAD_BYTES = 256 * 1024
_TASKS_A_CORE, _LEAST_SLICE_BYTES = 2, 8 * 1024 * 1024
_NAME = re.compile(r"\w+")
# Rows that a query numbers or compares with others must come together.
_WINDOW = re.compile(r"\bover\s*\(", re.IGNORECASE)


class SlicedEngine(DuckDbEngine):
    """Frames of delivered rows, which tasks of Spark compute, each over a slice of the files.

    A step must not bring rows of several files together. It may number the rows of one file.
    `whole` is an engine of this process, for small files that are read at once; frames of both may
    be joined.
    """

    def __init__(self, spark: SparkSession, **settings: Any) -> None:
        self._whole = DuckDbEngine(**settings)
        # They have one database.
        vars(self).update(vars(self._whole))
        self._spark = spark
        self._files: dict[str, tuple[Records, Sequence[str]]] = {}
        self._views: dict[str, str] = {}
        self._folder = self._scratch.name

    @property
    def whole(self) -> Engine:
        """The engine for files that are to be read at once."""
        return self._whole

    def work_in(self, folder: str) -> None:
        """Keep what tasks write for this process below a folder."""
        self._folder = join(folder, "slices")

    def rows(self, frame: DataFrame) -> list[dict[str, Any]]:
        """Compute a small frame and return its rows, those of each slice."""
        if self.has_records(frame):
            frame = self.kept(frame, join(self._folder, unique_name("rows")))
        return super().rows(frame)

    def settled(self, frame: DataFrame, folder: str) -> DataFrame:
        """Compute a frame slice by slice; return what was written below a folder as Spark's."""
        relation = self._connection.sql(self._sql(frame))
        reader = self._spark.read.schema(spark_schema(relation))
        return reader.parquet(*map(spark_path, self.written(frame, folder)))

    def kept(self, frame: DataFrame, folder: str) -> DataFrame:
        """Compute a frame slice by slice; return what was written below a folder as one of this."""
        files = self._copies.fetch_all(self.written(frame, folder))
        return self._view(file_query(*files))

    def written(self, frame: DataFrame, folder: str) -> list[str]:
        """Compute a frame slice by slice; return the paths of what was written below a folder."""
        plan, slices = self._planned(self._sql(frame))
        context = self._spark.sparkContext
        shared = context.broadcast(plan)
        parts = context.parallelize(slices, len(slices))
        # Only attempts that succeeded tell what they have written.
        paths = parts.map(
            lambda part: write_slice(shared.value, part, folder)
        ).collect()
        shared.destroy()
        return paths

    def has_records(self, frame: DataFrame) -> bool:
        """Tell whether a frame has rows of files, and not only of what was written of them."""
        return self._has_records(self._sql(frame))

    def _has_records(self, sql: str) -> bool:
        return any(
            name in self._files
            or (name in self._views and self._has_records(self._views[name]))
            for name in set(_NAME.findall(sql))
        )

    def taken(self, frame: DataFrame, folder: str) -> DataFrame:
        """Return a small frame as a frame of this engine, which it may be already."""
        if isinstance(frame, Frame):
            return frame
        frame.write.parquet(spark_uri(folder))
        files = [
            file.path
            for file in storage_of(folder).files(folder)
            if file.path.endswith(".parquet")
        ]
        name = unique_name("taken")
        rows = file_query(*self._copies.fetch_all(files))
        self._connection.execute(f"create view {name} as {rows}")
        return self._table(name)

    def _lines(
        self, paths: Sequence[str], text: TextFormat, *, is_ordered: bool
    ) -> tuple[str, int]:
        """Return a query for the records of files, of which there are none here."""
        records = Records(unique_name("records"), text, is_ordered)
        self._files[records.name] = records, paths
        self._connection.execute(f"create view {records.name} as {records.none}")
        return f"from {records.name}", 0

    def _first(self, paths: Sequence[str], lines: str) -> Iterable[str]:
        """Return the first lines of files."""
        found: list[str] = []
        for path in paths:
            found += _first_lines(path)
            if len(found) >= FIRST:
                break
        return found[:FIRST]

    def _create(self, name: str, sql: str) -> None:
        super()._create(name, sql)
        self._views[name] = sql

    def _planned(self, sql: str) -> tuple[Plan, list[Slice]]:
        records: dict[str, Records] = {}
        views: dict[str, str] = {}
        tables: dict[str, bytes] = {}

        def take(query: str) -> bool:
            """Take what a query is made of; tell whether records are part of it."""
            has_records = False
            for name in dict.fromkeys(_NAME.findall(query)):
                if name in self._files:
                    records[name] = self._files[name][0]
                    has_records = True
                elif name in self._views and take(self._views[name]):
                    views[name] = self._views[name]
                    has_records = True
                elif self._is_table(name):
                    tables[name] = self._content(name)
            return has_records

        take(sql)
        is_numbered = any(map(_WINDOW.search, [sql, *views.values()]))
        # Rows are numbered by the name of their file, and several files may be given the same name.
        is_renamed = any(name.startswith("frame_") for name in tables)
        sizes = {name: sizes_of(self._files[name][1]) for name in records}
        slice_bytes = self._slice_bytes(
            sum(sum(own.values()) for own in sizes.values())
        )
        if is_numbered and is_renamed:
            slice_bytes = sys.maxsize
        slices = [
            part
            for name, own in records.items()
            for part in slices_of(own, sizes[name], slice_bytes, whole=is_numbered)
        ]
        slices = slices or [Slice()]
        threads = self._threads(len(slices))
        return Plan(sql, [*records.values()], views, tables, threads), slices

    def _slice_bytes(self, all_bytes: int) -> int:
        """Return the size of a slice that keeps all cores busy, and no task small or large."""
        tasks = _TASKS_A_CORE * self._spark.sparkContext.defaultParallelism
        return min(SLICE_BYTES, max(_LEAST_SLICE_BYTES, all_bytes // tasks))

    def _threads(self, tasks: int) -> int:
        """Return how many threads each task may have so that no core is idle, nor has two."""
        context = self._spark.sparkContext
        cores = context.defaultParallelism
        of_one = int(context.getConf().get("spark.executor.cores") or cores)
        return max(1, min(of_one, cores // tasks))

    def _is_table(self, name: str) -> bool:
        return name in self._views or name.startswith(("frame_", "taken_", "view_"))

    def _content(self, name: str) -> bytes:
        path = os.path.join(self._scratch.name, f"{name}.parquet")
        self._connection.execute(
            f"copy (from {name}) to {literal(path)} (format parquet)"
        )
        with open(path, "rb") as file:
            return file.read()


def _first_lines(path: str) -> Iterator[str]:
    """Yield the first lines of a file; none if that cannot be unpacked."""
    head = storage_of(path).read(path, _HEAD_BYTES)
    if is_packed(path):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, _HEAD_BYTES)
        except zlib.error:
            return
    # The last one may be cut.
    for line in head.decode("utf-8", "replace").split("\n")[:-1]:
        yield line[:LONGEST]
