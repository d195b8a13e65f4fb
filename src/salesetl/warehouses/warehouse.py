"""The protocol of a warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from salesetl.warehouses.dialects import Dialect
from salesetl.warehouses.parts import Part


class Connection(Protocol):
    """One connection to a warehouse."""

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement, and return its rows; none for one that has no result."""

    def columns(self, name: str) -> dict[str, str]:
        """Return the types of the columns of `schema.table`, in order; none if it is not there.

        They are written as the dialect of the warehouse does.
        """

    def copy(self, part: Part, name: str) -> None:
        """Add the rows of a partition to `schema.table`, which has the columns of its contract."""

    def unload(self, name: str, target: str) -> None:
        """Write the rows of `schema.table` to a Parquet file, in place of an older one."""


@dataclass(frozen=True)
class DbtTarget:
    """Where dbt builds: the name of an output of its profile, and the variables of that."""

    name: str
    environment: Mapping[str, str]


class Held(Protocol):
    """A warehouse while one process is its only writer."""

    @property
    def target(self) -> DbtTarget:
        """Where dbt builds."""

    def transaction(self) -> AbstractContextManager[Connection]:
        """Let all that is done during the block become visible together, or nothing of it."""


class Warehouse(Protocol):
    """A warehouse, by its URL."""

    dialect: Dialect

    def place(self, name: str) -> tuple[str, str]:
        """Return the namespace and the name of `schema.table`, as OpenLineage has them.

        They are the same for all users and have no secret.
        """

    def held(self, namespace: str) -> AbstractContextManager[Held]:
        """Be the only writer of a pipeline's schemas; LeaseError if another process is writing."""

    def reading(self) -> AbstractContextManager[Connection]:
        """Look at one state of everything; on Snowflake, at that of each statement."""
