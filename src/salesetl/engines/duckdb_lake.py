"""The tables of a local lake as views of DuckDB, for queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from salesetl.engines.duckdb_tables import no_rows, table_query
from salesetl.errors import InputError, SetupError
from salesetl.schemas.table import Table
from salesetl.storage import join, storage_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class DuckDbLake:
    """A lake in DuckDB in this process; what is created there ends with it."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._connection = _connect()
        self._connection.execute("set TimeZone = 'UTC'")

    def add_table(
        self, name: str, folder: str, table: Table, *, may_be_empty: bool = False
    ) -> None:
        """Make a table below the root known by a name; InputError if it is not there."""
        path = join(self._root, folder)
        files = [
            file.path
            for file in storage_of(path).files(path)
            if file.name.endswith(".parquet")
        ]
        if not files and not may_be_empty:
            raise InputError(f"{path}: no table there")
        query = table_query(files, table.types) if files else no_rows(table.types)
        self._connection.execute(f"create view {name} as {query}")

    def create(self, view: str) -> None:
        """Run the statement that creates a view."""
        self._connection.execute(view)

    def rows(self, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Return the names of the columns of a query, and its rows."""
        cursor = self._connection.execute(query)
        return [column[0] for column in cursor.description], cursor.fetchall()

    def close(self) -> None:
        """End the database."""
        self._connection.close()


def _connect() -> DuckDBPyConnection:
    try:
        import duckdb
    except ImportError as error:
        raise SetupError(
            "DuckDB is not installed: pip install 'salesetl[embedded]'"
        ) from error
    return duckdb.connect()
