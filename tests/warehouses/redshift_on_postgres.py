"""Takes the statements for Redshift, and runs them on PostgreSQL as far as it has the same.

COPY and UNLOAD are done here, with their rules: columns by their place, all of a file, a manifest with
sizes. That Redshift itself agrees is not shown by it.
"""

import io
import json
import re
from typing import Any

import psycopg
import pyarrow
from pyarrow import parquet

from salesetl.storage import storage_of
from salesetl.warehouses.postgresql_text import copy_text

_COPY = re.compile(
    r"copy _part from '(s3://[^']+)' iam_role '(arn:[^']+)' format as parquet manifest"
)
_UNLOAD = re.compile(
    r"unload \('(.+)'\) to '(s3://[^']+)' iam_role default"
    r" format as parquet parallel off maxfilesize 6200 mb"
)


class DriverError(Exception):
    """What the driver of Redshift raises: a dictionary as the wire has it."""

    __module__ = "redshift_connector.error"


class Cursor:
    """A cursor of the driver."""

    paramstyle = "format"

    def __init__(self, owner: "Driver") -> None:
        self._owner = owner
        self._cursor = owner.opened.cursor()

    def execute(self, statement: str) -> None:
        """Run a statement."""
        assert self.paramstyle == "qmark"
        self._owner.statements.append(statement)
        try:
            if found := _COPY.fullmatch(statement):
                self._copy(found[1])
            elif found := _UNLOAD.fullmatch(statement):
                self._unload(found[1].replace("''", "'"), found[2])
            else:
                self._cursor.execute(
                    re.sub(r"\ndiststyle (.|\n)*", "", statement).encode()
                )
        except psycopg.Error as error:
            raise DriverError({"S": "ERROR", "M": str(error)}) from error

    @property
    def description(self) -> Any:
        """The columns of a result."""
        return self._cursor.description

    def fetchall(self) -> list[list[Any]]:
        """Return all rows, as the driver does."""
        return [list(row) for row in self._cursor.fetchall()]

    def _copy(self, manifest: str) -> None:
        storage = storage_of(manifest)
        for entry in json.loads(storage.read(manifest))["entries"]:
            content = storage.read(entry["url"])
            assert entry["meta"] == {"content_length": len(content)}
            with self._cursor.copy(b"copy _part from stdin") as copy:
                for batch in parquet.read_table(io.BytesIO(content)).to_batches():
                    copy.write(copy_text(batch))

    def _unload(self, query: str, prefix: str) -> None:
        self._cursor.execute(query.encode())
        names = [each.name for each in self._cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in self._cursor.fetchall()]
        if rows:
            content = io.BytesIO()
            parquet.write_table(pyarrow.Table.from_pylist(rows), content)
            path = f"{prefix}000.parquet"
            storage_of(path).write(path, content.getvalue())


class Driver:
    """A connection of the driver, in a transaction from its first statement on."""

    def __init__(self, url: str, statements: list[str]) -> None:
        self.opened = psycopg.connect(url)
        self.statements = statements

    def cursor(self) -> Cursor:
        """Open a cursor."""
        return Cursor(self)

    def commit(self) -> None:
        """Commit what was done."""
        self.statements.append("commit")
        self.opened.commit()

    def close(self) -> None:
        """Close it; what was not committed is undone."""
        self.opened.close()
