"""Takes the statements for Snowflake, and runs them on PostgreSQL as far as it has the same.

PUT, COPY and REMOVE are done here, and a statement that defines something ends a transaction, as it
does in Snowflake. That Snowflake itself agrees is not shown by it.
"""

import io
import re
from pathlib import Path
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from pyarrow import parquet

from salesetl.warehouses.postgresql_text import copy_text

_PUT = re.compile(r"put 'file://(/[^']+)' '(@~/[^']+)' auto_compress = false")
_COPY = re.compile(
    r"copy into (\S+) from '(@~/[^']+)' file_format = \(type = parquet use_logical_type ="
    r" true\) match_by_column_name = case_insensitive on_error = abort_statement"
)
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
        self, url: str, statements: list[str], stage: dict[str, bytes]
    ) -> None:
        self.opened = psycopg.connect(url, autocommit=True)
        self.statements, self.stage = statements, stage

    def cursor(self) -> Cursor:
        """Open a cursor."""
        return Cursor(self)

    def close(self) -> None:
        """Close it; what was not committed is undone."""
        self.opened.close()
