"""What the runner asks of the place that outputs go to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from salesetl.destinations.lake import Change
from salesetl.destinations.staging import StagedTable
from salesetl.model.table import Table
from salesetl.runs import RunReport

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Days = tuple[date, date]


class Destination(Protocol):
    """Where a run writes its outputs: nothing of them is seen before `publish`, and then all.

    The tables are those of one pipeline, and a run is their only writer while it holds them.
    """

    root: str
    staging: str

    def held(self, run_id: str) -> AbstractContextManager[None]:
        """Be the only writer for the length of the block; LeaseError if another run is."""

    def recover(self) -> None:
        """Finish what a run that was killed had begun to publish, and clear what it left."""

    def begin(self, report: RunReport) -> None:
        """Begin a run."""

    def check(self) -> None:
        """See that the tables hold only what runs have written; InputError if not.

        What an earlier try of that name rejected goes when this one publishes.
        """

    def remember_keys(self, source: str, method: Mapping[str, Any]) -> None:
        """Publish how keys of a source are made; InputError if the tables have others."""

    def partitions(self, table: Table) -> list[str]:
        """Name the partitions of a table that have rows."""

    def read(self, table: Table, partitions: Collection[str]) -> DataFrame:
        """Read some partitions of a table."""

    def change(
        self,
        table: Table,
        arriving: DataFrame,
        *,
        days: Days | None = None,
        also: Collection[str] = (),
    ) -> Change:
        """Work out what a table will hold once rows arrive, by its strategy.

        With `days`, first and last, what arrives is all there is of these days. The partitions
        `also` are written again too.
        """

    def stage(self, change: Change) -> StagedTable:
        """Write the new content of a table aside, to be seen when the run publishes.

        BooksError if it has not the columns of the contract, or a key twice.
        """

    def publish(self, report: RunReport) -> None:
        """Make everything that was staged seen, with the report, as one step."""

    def register(self, report: RunReport) -> None:
        """Make what was published known to others; CatalogError if that fails."""

    def fail(self, report: RunReport) -> None:
        """Publish nothing of a run but its report and what it rejected."""

    def cancel(self, report: RunReport) -> None:
        """Publish nothing of a run but its report."""
