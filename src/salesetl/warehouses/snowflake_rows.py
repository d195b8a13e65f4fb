"""Statements for Snowflake, and rows by way of the stage of the user or of one over the lake."""

from __future__ import annotations

import tempfile
import uuid
from pathlib import Path
from typing import Any

from salesetl.errors import WarehouseError
from salesetl.warehouses.parts import Part, arrow_schema
from salesetl.warehouses.snowflake_stage import PARQUET, copies
from salesetl.warehouses.unloaded_files import file_for, schema_of, write_rows

# These end a transaction that is open, and begin none.
_DEFINING = ("create ", "alter ")
_CHANGING = ("delete ", "insert ", "update ", "copy ")


class SnowflakeConnection:
    """One connection to Snowflake; its transaction begins with the first change of rows.

    `stage` is over the root of the lake; without one, rows go through this machine.
    """

    def __init__(self, opened: Any, stage: str = "") -> None:
        self._opened = opened
        self._stage = stage
        self._is_changing = False

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement, and return its rows."""
        if statement.startswith(_CHANGING) and not self._is_changing:
            self._is_changing = True
            self._run("begin")
        if statement.startswith(_DEFINING) and self._is_changing:
            raise WarehouseError(
                "Snowflake would commit half of what is done: tables are made before rows change"
            )
        return self._run(statement)

    def commit(self) -> None:
        """Let others see what was done."""
        if self._is_changing:
            self._run("commit")
            self._is_changing = False

    def columns(self, name: str) -> dict[str, str]:
        """Return the types of the columns of `schema.table`."""
        schema, table = name.split(".")
        rows = self.execute(
            "select lower(column_name), lower(data_type), numeric_precision, numeric_scale"
            f" from information_schema.columns where lower(table_schema) = '{schema}'"
            f" and lower(table_name) = '{table}' order by ordinal_position"
        )
        return {column: _kind(*about) for column, *about in rows}

    def copy(self, part: Part, name: str) -> None:
        """Add the rows of a partition: Snowflake reads its files, or is sent their rows."""
        if not self._stage:
            self._send(part, name)
            return
        for statement in copies(part, name, self._stage):
            self.execute(statement)

    def unload(self, name: str, target: str) -> None:
        """Write the rows as Parquet."""
        # It has one type of numbers: those without a fraction are whole.
        kinds = {
            column: "bigint" if kind.endswith(",0)") else kind
            for column, kind in self.columns(name).items()
        }
        cursor = self._opened.cursor()
        cursor.execute(f"select * from {name}")
        with file_for(target) as file:
            write_rows(file, schema_of(name, kinds), cursor.fetchmany)

    def _send(self, part: Part, name: str) -> None:
        """Put rows on the stage of the user as one file with all columns, and copy that."""
        from pyarrow.parquet import ParquetWriter

        place = f"@~/salesetl/{uuid.uuid4().hex}"
        with tempfile.TemporaryDirectory(prefix="salesetl-load-") as folder:
            file = str(Path(folder) / "rows.parquet")
            with ParquetWriter(file, arrow_schema(part.table)) as writer:
                for batch in part.batches():
                    writer.write_batch(batch)
            self.execute(f"put 'file://{file}' '{place}' auto_compress = false")
        try:
            self.execute(
                f"copy into {name} from '{place}' {PARQUET}"
                " match_by_column_name = case_insensitive on_error = abort_statement"
            )
        finally:
            self.execute(f"remove '{place}'")

    def _run(self, statement: str) -> list[tuple[Any, ...]]:
        cursor = self._opened.cursor()
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []


def _kind(shown: str, digits: int | None, scale: int | None) -> str:
    """Write a type that Snowflake shows as the dialect does."""
    if shown in ("number", "numeric", "decimal"):
        return f"decimal({digits},{scale})"
    return "varchar" if shown == "text" else shown
