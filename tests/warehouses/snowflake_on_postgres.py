"""Takes the statements for Snowflake, and runs them on PostgreSQL as far as it has the same.

PUT, COPY and REMOVE are done here, from the stage of the user and from stages over S3, and a
statement that defines something ends a transaction, as it does in Snowflake. That Snowflake itself
agrees is not shown by it.
"""

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
import pyarrow
from psycopg.pq import TransactionStatus
from pyarrow import parquet

from salesetl.storage import storage_of
from salesetl.warehouses.postgresql_text import copy_text

_PUT = re.compile(r"put 'file://(/[^']+)' '(@~/[^']+)' auto_compress = false")
_PARQUET = r"file_format = \(type = parquet use_logical_type = true null_if = \(\)\)"
_COPY = re.compile(
    rf"copy into (\S+) from '(@~/[^']+)' {_PARQUET}"
    r" match_by_column_name = case_insensitive on_error = abort_statement"
)
_COPY_STAGED = re.compile(
    r"copy into (\S+) \((.+)\) from \(select (.+) from '@([^'/]+)/([^']+/)'\)"
    rf" files = \((.+)\) {_PARQUET} on_error = abort_statement force = true"
)
# A column of the file or a text, and the type that it is cast to.
_SELECTED = re.compile(r"""(?:\$1:"(\w+)"|'([^']*)')::(\w+(?:\(\d+,\d+\))?)(?:, |$)""")
_REMOVE = re.compile(r"remove '(@~/[^']+)'")
_TYPES = {
    "character varying": "text",
    "numeric": "number",
    "timestamp without time zone": "timestamp_ntz",
}


class DriverError(Exception):
    """What the driver of Snowflake raises."""

    __module__ = "snowflake.connector.errors"


class Cursor:
    """A cursor of the driver."""

    def __init__(self, owner: "Driver") -> None:
        self._owner = owner
        self._cursor = owner.opened.cursor()

    def execute(self, statement: str) -> None:
        """Run a statement."""
        self._owner.statements.append(statement)
        try:
            self._execute(statement)
        except psycopg.Error as error:
            raise DriverError(f"000625 (57014): {error}") from error

    def _execute(self, statement: str) -> None:
        stage = self._owner.stage
        if found := _PUT.fullmatch(statement):
            stage[found[2]] = Path(found[1]).read_bytes()
        elif found := _REMOVE.fullmatch(statement):
            del stage[found[1]]
        elif found := _COPY_STAGED.fullmatch(statement):
            self._copy_staged(*found.groups())
        elif found := _COPY.fullmatch(statement):
            rows = parquet.read_table(io.BytesIO(stage[found[2]]))
            names = ", ".join(rows.column_names)
            into = f"copy {found[1]} ({names}) from stdin".encode()
            with self._cursor.copy(into) as copy:
                for batch in rows.to_batches():
                    copy.write(copy_text(batch))
        elif statement.startswith("alter session set lock_timeout"):
            self._cursor.execute(b"set lock_timeout = 100")
        else:
            status = self._owner.opened.info.transaction_status
            if statement.startswith(("create", "alter")):
                assert status == TransactionStatus.IDLE, "it would commit what was done"
            text = statement.replace("timestamp_ntz", "timestamp")
            self._cursor.execute(text.encode())

    def _copy_staged(
        self, name: str, columns: str, selected: str, stage: str, folder: str, told: str
    ) -> None:
        """Read the files that are told of; a column that one does not have is null."""
        root = self._owner.stages[stage]
        files = re.findall("'([^']+)'", told)
        assert len(files) <= 1000
        listed = {each.path for each in storage_of(root).files(f"{root}/{folder}")}
        for path in (f"{root}/{folder}{file}" for file in files):
            if path not in listed:
                raise DriverError(f"091016 (22000): Remote file '{path}' was not found")
            rows = parquet.read_table(io.BytesIO(storage_of(root).read(path)))
            taken = [
                (
                    pyarrow.array([text] * len(rows))
                    if not column
                    else (
                        rows[column]
                        if column in rows.column_names
                        else pyarrow.nulls(len(rows), pyarrow.string())
                    )
                )
                for column, text, _ in _SELECTED.findall(selected)
            ]
            made = pyarrow.table(taken, columns.split(", "))
            with self._cursor.copy(
                f"copy {name} ({columns}) from stdin".encode()
            ) as to:
                for batch in made.to_batches():
                    to.write(copy_text(batch))

    @property
    def description(self) -> Any:
        """The columns of a result."""
        return self._cursor.description

    def fetchall(self) -> list[tuple[Any, ...]]:
        """Return all rows, with the types that Snowflake shows."""
        rows = self._cursor.fetchall()
        names = [each.name for each in self._cursor.description or ()]
        if names[2:] != ["numeric_precision", "numeric_scale"]:
            return rows
        return [(name, _TYPES.get(kind, kind), *more) for name, kind, *more in rows]

    def fetchmany(self, size: int) -> list[tuple[Any, ...]]:
        """Return some rows."""
        return self._cursor.fetchmany(size)


class Driver:
    """A connection of the driver, of which each statement commits until one begins."""

    def __init__(
        self,
        url: str,
        statements: list[str],
        stage: dict[str, bytes],
        stages: Mapping[str, str],
    ) -> None:
        self.opened = psycopg.connect(url, autocommit=True)
        self.statements, self.stage = statements, stage
        # What each of the others is over.
        self.stages = stages

    def cursor(self) -> Cursor:
        """Open a cursor."""
        return Cursor(self)

    def close(self) -> None:
        """Close it; what was not committed is undone."""
        self.opened.close()
