"""The protocol of a destination, as the runner uses it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from salesetl.destinations.lake import Change
from salesetl.destinations.ledger import Ledger
from salesetl.destinations.partitions import Sought
from salesetl.destinations.staging import StagedTable
from salesetl.model.table import Table
from salesetl.runs import RunReport

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

Days = tuple[date, date]


class Destination(Protocol):
    """The place to which a run writes its outputs: `publish` makes all of them visible at once.

    The tables are those of one pipeline, and a run is their only writer while it holds them.
    """

    root: str
    staging: str
    # What becomes of the rows of a run that fails, for its message.
    if_failed: str

    def held(self, run_id: str) -> AbstractContextManager[None]:
        """Be the only writer during the block; LeaseError if another run is writing."""

    def recover(self) -> None:
        """Finish the publish of a killed run, and remove its temporary files."""

    def begin(self, report: RunReport) -> None:
        """Begin a run."""

    def check(self) -> None:
        """Check that the tables hold only what runs have written; InputError if not.

        What an earlier try of that name rejected goes when this one publishes.
        """

    def remember_keys(self, source: str, method: Mapping[str, Any]) -> None:
        """Record how the keys of a source are made; InputError if the tables have other keys."""

    def ledger(self) -> Ledger:
        """Return the ledger: the delivered files that the tables were loaded from."""

    def keep_ledger(self, ledger: Ledger) -> None:
        """Let a new ledger take the place of the old one when the run publishes."""

    def partitions(self, table: Table) -> list[str]:
        """List the partitions of a table that have rows."""

    def look_up(
        self, table: Table, columns: Sequence[str], sought: Sought
    ) -> DataFrame | None:
        """Read some columns of the rows among which keys may be; None if there are none.

        The ranges of keys are those of the values of its `key_column`.
        """

    def stale_rows(self, table: Table, lookup: str) -> dict[str, int] | None:
        """Return, by partition, how many rows lack values that a look-up in some state has.

        None if that must be counted.
        """

    def note_stale_rows(
        self, table: Table, lookup: str, stale: Mapping[str, int]
    ) -> None:
        """Note that for later runs; rows that this run writes lack nothing."""

    def read(self, table: Table, partitions: Collection[str]) -> DataFrame:
        """Read some partitions of a table."""

    def change(
        self,
        table: Table,
        arriving: DataFrame,
        *,
        days: Days | None = None,
        also: Collection[str] = (),
        whole: Collection[str] = (),
        files: Collection[str] = (),
    ) -> Change:
        """Return what a table will hold after rows arrive, by its strategy.

        With `days`, first and last, what arrives is all there is of these days. The partitions
        `also` are written again too. Of those that are `whole` all rows are, if they change.
        `files` are what was read: a table that is merged by file keeps no rows of those that an
        earlier run has loaded.
        """

    def stage(self, change: Change, *, is_compared: bool = True) -> StagedTable:
        """Stage the new content of a table; it becomes visible when the run publishes.

        Unless the change `is_compared`, partitions that hold all that already stay as they are.
        BooksError if it has not the columns of the contract, or a key twice.
        """

    def publish(self, report: RunReport) -> None:
        """Publish everything that was staged, and the report, as one step."""

    def register(self, report: RunReport) -> None:
        """Register what was published; CatalogError if that fails."""

    def fail(self, report: RunReport) -> None:
        """Publish only the report and the quarantine of a run."""

    def cancel(self, report: RunReport) -> None:
        """Publish only the report of a run."""
