"""The tables of a local lake as views of DuckDB, for queries."""

from __future__ import annotations

from collections.abc import Set
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from salesetl.engines.duckdb_tables import no_rows, table_query
from salesetl.errors import InputError, SetupError
from salesetl.model.table import Table
from salesetl.storage import join, parquet_files, storage_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class DuckDbLake:
    """A lake as views of a temporary DuckDB database."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._connection = _connect()
        self._connection.execute("set TimeZone = 'UTC'")

    def add_table(
        self, table: Table, *, may_be_empty: bool = False, schema: str = "main"
    ) -> None:
        """Create a view for a table below the root; InputError if the table does not exist."""
        path = join(self._root, table.folder)
        files = [
            file.path for file in parquet_files(path, storage_of(path).files(path))
        ]
        if not files and not may_be_empty:
            raise InputError(f"{path}: there is no table")
        query = table_query(files, table.types) if files else no_rows(table.types)
        self._connection.execute(f"create schema if not exists {schema}")
        self._connection.execute(f"create view {schema}.{table.sql_name} as {query}")

    def newest_day(self, table: Table) -> date | None:
        """Return the newest business date of a table that was added; None if it has none."""
        column = _quoted(str(table.date_column))
        query = f"select cast(max({column}) as date) from {table.sql_name}"
        [[newest]] = self._connection.sql(query).fetchall()
        day: date | None = newest
        return day

    def create(self, view: str) -> None:
        """Run the statement that creates a view."""
        self._connection.execute(view)

    def rows(self, query: str) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Return the names of the columns of a query, and its rows; instants are in UTC."""
        found = self._connection.sql(query)
        # DuckDB makes no instants of Python without pytz, which need not be installed.
        moments = {
            place
            for place, data_type in enumerate(found.types)
            if str(data_type) == "TIMESTAMP WITH TIME ZONE"
        }
        values = found.project(
            ", ".join(
                f"epoch_us({_quoted(name)})" if place in moments else _quoted(name)
                for place, name in enumerate(found.columns)
            )
        )
        rows = values.fetchall()
        if moments:
            rows = [_with_moments(row, moments) for row in rows]
        return list(found.columns), rows

    def close(self) -> None:
        """End the database."""
        self._connection.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _with_moments(row: tuple[Any, ...], places: Set[int]) -> tuple[Any, ...]:
    """Make instants of the microseconds since 1970 that stand at some places of a row."""
    return tuple(
        (
            _EPOCH + timedelta(microseconds=value)
            if place in places and value is not None
            else value
        )
        for place, value in enumerate(row)
    )


def _connect() -> DuckDBPyConnection:
    try:
        import duckdb
    except ImportError as error:
        raise SetupError(
            "DuckDB is not installed: pip install 'salesetl[embedded]'"
        ) from error
    return duckdb.connect()
