"""A warehouse of each kind, as those who look at it have it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import psycopg

from salesetl.model.pipeline import Pipeline
from salesetl.warehouses.dialects import staging_table
from salesetl.warehouses.urls import warehouse_of
from salesetl.warehouses.warehouse import Warehouse

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Place:
    """A warehouse that is empty at first, and its URL."""

    url: str

    @property
    def is_duckdb(self) -> bool:
        """Whether it is a file of DuckDB."""
        return self.url.startswith("duckdb:")

    @property
    def file(self) -> Path:
        """The file of DuckDB."""
        return Path(self.url.removeprefix("duckdb://"))

    @property
    def warehouse(self) -> Warehouse:
        """The warehouse as the library has it."""
        return warehouse_of(self.url)

    def rows(self, query: str) -> Rows:
        """Ask for rows, with a connection of one's own."""
        if self.is_duckdb:
            with duckdb.connect(str(self.file), read_only=True) as opened:
                return opened.execute(query).fetchall()
        with psycopg.connect(self.url) as connected:
            return connected.execute(query.encode()).fetchall()

    def change(self, *statements: str) -> None:
        """Do something to it as an analyst or an administrator does."""
        if self.is_duckdb:
            with duckdb.connect(str(self.file)) as opened:
                for statement in statements:
                    opened.execute(statement)
            return
        with psycopg.connect(self.url) as connected:
            for statement in statements:
                connected.execute(statement.encode())

    def content(self, pipeline: Pipeline) -> dict[str, Rows]:
        """Return all rows of the copy of a lake, and what is remembered of it, sorted."""
        tables = [staging_table(table) for table in pipeline.tables]
        found = {}
        for name in [*tables, f"{pipeline.name}_staging._loaded_partitions"]:
            found[name] = sorted(self.rows(f"select * from {name}"), key=str)
        return found
