"""DuckDB in this process, through SQLFrame, which speaks the DataFrame API of PySpark.

For inputs that fit one machine: it starts in a fraction of a second and needs no Java.
"""

from __future__ import annotations

import gzip
import os
import tempfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import duckdb

from salesetl.engines import recorded
from salesetl.engines.copies import Copies
from salesetl.engines.delimited import TextFormat
from salesetl.engines.duckdb_connection import connect, in_order, make_table
from salesetl.engines.duckdb_fields import with_fields
from salesetl.engines.duckdb_json import objects_query
from salesetl.engines.duckdb_json_shapes import usual_objects
from salesetl.engines.duckdb_progress import QueryProgress, counted
from salesetl.engines.duckdb_tables import (
    copy_statement,
    file_query,
    keep_statement,
    spark_type,
    table_files,
    table_query,
)
from salesetl.engines.duckdb_text import (
    JSON_LINES,
    RecordReader,
    literal,
)
from salesetl.engines.own_rows import OwnRows
from salesetl.engines.planner import Planner
from salesetl.engines.query_plans import unique_name
from salesetl.engines.work import Work
from salesetl.errors import naming
from salesetl.model.table import Table, type_text
from salesetl.model.types import T
from salesetl.storage import StoredFile

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Of so many lines the shapes of their objects are learned, unless a line is very long.
FIRST = 200
LONGEST = 100_000


class DuckDbEngine(OwnRows):
    """DuckDB with a database of its own, which ends with `close`; `settings` are of DuckDB."""

    functions = "salesetl.engines.duckdb_functions"
    quotient = "quotient({0}, {1})"

    def __init__(self, **settings: Any) -> None:
        self._scratch = tempfile.TemporaryDirectory(prefix="salesetl-")
        self._connection = connect(
            os.path.join(self._scratch.name, "spill"), **settings
        )
        self._planner = Planner(self._connection)
        self._copies = Copies(os.path.join(self._scratch.name, "copies"))
        self._records = RecordReader(self._scratch.name, self._copies)
        self._progress = QueryProgress(self._connection)

    def close(self) -> None:
        """End the database and remove its files."""
        self._progress.close()
        self._connection.close()
        self._scratch.cleanup()

    def facts(self) -> dict[str, Any]:
        """Describe the engine for the run report."""
        return {"engine": "duckdb", "duckdb": duckdb.__version__}

    def work_in(self, folder: str) -> None:
        """Do nothing: temporary files of DuckDB are on this machine, and are deleted with it."""

    def read_records(self, paths: Sequence[str], text: TextFormat) -> DataFrame:
        """Read delimited files as `_record`, `_source_file` and `_fields`."""
        lines, rows = self._lines(paths, text, is_ordered=text.is_ordered)
        return self._view(with_fields(lines, text), rows)

    def read_json_lines(
        self, paths: Sequence[str], schema: T.StructType, *, is_ordered: bool = False
    ) -> DataFrame:
        """Read one JSON object a line as text columns, with its record, file and faults."""
        lines, rows = self._lines(paths, JSON_LINES, is_ordered=is_ordered)
        if not is_ordered:
            lines = f"select *, cast(null as decimal(38, 0)) as _place from ({lines})"
        usual = usual_objects(self._first(paths, lines), schema)
        return self._view(objects_query(lines, schema, usual), rows)

    def _lines(
        self, paths: Sequence[str], text: TextFormat, *, is_ordered: bool
    ) -> tuple[str, int]:
        """Return a query for the records of files, and about how many there are."""
        with naming(self._scratch.name, is_default=True):
            lines, rows = self._records.query(paths, text)
        lines = counted(lines)
        if not is_ordered:
            return lines, rows
        with self._progress.following(lines, rows):
            return in_order(self._connection, lines), 0

    def _first(self, paths: Sequence[str], lines: str) -> Iterable[str]:
        """Return the first records that were read."""
        first = self._connection.execute(
            f"select left(_record, {LONGEST}) from ({lines}) limit {FIRST}"
        )
        return (record for (record,) in first.fetchall())

    def read_parquet(
        self,
        root: str,
        folders: Sequence[str],
        schema: T.StructType,
        files: Sequence[StoredFile] | None = None,
        *,
        is_part: bool = False,
    ) -> DataFrame:
        """Read folders of a table, with the values of its partition columns from their names."""
        if files is None:
            files = table_files(root, folders)
        if is_part:
            copies = self._copies.fetch_columns(files, schema.fieldNames())
        else:
            copies = self._copies.fetch_all([file.path for file in files])
        types = {field.name: type_text(field.dataType) for field in schema}
        if not copies:
            return self.frame([], types)
        return self._view(table_query(copies, types))

    def types(self, frame: DataFrame) -> dict[str, str]:
        """Return the types of a frame's columns by name, as Spark writes them."""
        return self._types(self._sql(frame))

    def parquet_types(self, path: str) -> dict[str, str]:
        """Return the types of the columns that are in a Parquet file."""
        return self._types(file_query(self._copies.fetch(path)))

    def checkpoint(self, frame: DataFrame, path: str) -> DataFrame:
        """Write a frame as Parquet below `path`, or its local copy, and return the written frame.

        In memory it would take several times the room, in a file of the database twice the time.
        """
        folder = self._copies.path(path)
        os.makedirs(folder, exist_ok=True)
        file = os.path.join(folder, "part.parquet")
        sql = self._sql(frame)
        with self._progress.following(sql):
            self._connection.execute(keep_statement(sql, file))
        return self._view(file_query(file))

    def write_table(self, frame: DataFrame, path: str, table: Table) -> None:
        """Write Snappy Parquet below `path` with the contract's comments, a folder a partition."""
        with self._copies.written(path) as folder:
            self._connection.execute(copy_statement(self._sql(frame), folder, table))

    def frame(
        self, rows: Sequence[tuple[Any, ...]], types: Mapping[str, str]
    ) -> DataFrame:
        """Make a frame from values, which may be none, and the types of its columns."""
        name = unique_name("frame")
        make_table(self._connection, name, rows, types)
        return self._table(name)

    def rows(self, frame: DataFrame) -> list[dict[str, Any]]:
        """Compute a small frame and return its rows."""
        cursor = self._connection.execute(self._sql(frame))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def progress(self) -> Work | None:
        """Tell how much of a file is cut into records, or how far the running query is."""
        return self._records.progress() or self._progress.work()

    def interrupt(self) -> None:
        """End the query that another thread waits for."""
        self._connection.interrupt()

    def abandon(self) -> None:
        """Do nothing: an interrupted query has already ended."""

    def is_broken_file(self, error: BaseException) -> bool:
        """Tell whether a query failed because a gzipped file was truncated or damaged."""
        return isinstance(error, EOFError | gzip.BadGzipFile | zlib.error)

    def _sql(self, frame: DataFrame) -> str:
        return cast(recorded.Frame, frame).query()

    def _types(self, sql: str) -> dict[str, str]:
        described = self._connection.execute(f"describe {sql}").fetchall()
        return {name: spark_type(data_type) for name, data_type, *_ in described}

    def _table(self, name: str) -> DataFrame:
        # SQLFrame would look for its columns among those of all views that there are.
        info = self._connection.execute(f"pragma table_info({literal(name)})")
        types = {column: data_type for _, column, data_type, *_ in info.fetchall()}
        return cast("DataFrame", recorded.table(name, types, self._planner))

    def _view(self, sql: str, rows: int = 0) -> DataFrame:
        name = unique_name("view")
        self._progress.note(name, sql, rows)
        self._create(name, sql)
        return self._table(name)

    def _create(self, name: str, sql: str) -> None:
        self._connection.execute(f"create view {name} as {sql}")
