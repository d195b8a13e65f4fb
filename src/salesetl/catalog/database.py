"""Compares the Data Catalog with the contracts, and changes it."""

import logging
import time
from collections.abc import Sequence
from itertools import chain

from salesetl.catalog.client import CatalogClient
from salesetl.catalog.failures import ChangedMeanwhileError
from salesetl.catalog.plans import (
    Outcome,
    Plan,
    TablePlan,
    plan_changes,
    plan_table,
    refusals,
)
from salesetl.catalog.tables import Description, Entry
from salesetl.errors import CatalogError

logger = logging.getLogger(__name__)

_TRIES = 5
_SECONDS_BETWEEN_TRIES = 0.2


class Catalog:
    """A database of the Data Catalog whose tables follow from contracts."""

    def __init__(self, database: str) -> None:
        self.database = database
        self._client = CatalogClient(database)

    def check(self, entries: Sequence[Entry]) -> None:
        """Check that the tables can be registered; CatalogError if a change is refused."""
        changes = [plan_changes(*each) for each in self._found(entries)]
        self._refuse(refusals(chain.from_iterable(changes)))

    def plan(self, entries: Sequence[Entry]) -> Plan:
        """List the differences, and change nothing."""
        has_database = self._client.has_database()
        tables = [self._plan_table(*each) for each in self._found(entries)]
        return Plan(None if has_database else self.database, tables)

    def apply(self, entries: Sequence[Entry]) -> Outcome:
        """Make all changes, or none if one is refused.

        What somebody else changes at the same time is read and planned again. CatalogError if a
        change is refused, or others are never done. May be done twice.
        """
        outcome = Outcome()
        for number in range(_TRIES):
            try:
                plan = self.plan(entries)
                self._refuse(plan.refusals)
                outcome.changes += [
                    each for each in plan.done_lines if each not in outcome.changes
                ]
                self._carry_out(plan, outcome)
                return outcome
            except ChangedMeanwhileError as error:
                logger.info("another process changed %s: %s", self.database, error)
                time.sleep(_SECONDS_BETWEEN_TRIES * number)
        raise CatalogError(
            f"database {self.database}: other processes changed the same tables during all"
            f" {_TRIES} tries; run again when they have ended"
        )

    def _found(
        self, entries: Sequence[Entry]
    ) -> list[tuple[Entry, Description | None]]:
        return [(entry, self._client.table(entry.name)) for entry in entries]

    def _refuse(self, refused: Sequence[str]) -> None:
        if refused:
            raise CatalogError(
                f"database {self.database}: nothing was changed: {'. '.join(refused)}"
            )

    def _plan_table(self, entry: Entry, found: Description | None) -> TablePlan:
        changes = plan_changes(entry, found)
        if found is None or refusals(changes):
            partitions = {}
        elif changes or entry.emptied is None:
            # Columns are kept equal in the table and in all its partitions.
            partitions = self._client.all_partitions(entry.name)
        else:
            touched = entry.filled | entry.emptied
            partitions = self._client.partitions(entry.name, touched)
        return plan_table(entry, found, partitions, changes)

    def _carry_out(self, plan: Plan, outcome: Outcome) -> None:
        if plan.database:
            self._client.create_database()
        for table in plan.tables:
            if table.found is not None or table.changes:
                self._change(table, outcome)
                outcome.tables = sorted({*outcome.tables, table.entry.name})

    def _change(self, table: TablePlan, outcome: Outcome) -> None:
        name = table.entry.name
        if table.found is None:
            self._client.create_table(table.input)
        # The table after its partitions: cut off in between, the next look still sees a difference.
        for count in self._client.update_partitions(name, table.updated):
            outcome.partitions_updated += count
        if table.found is not None and table.changes:
            self._client.update_table(table.input, table.found)
        for count in self._client.create_partitions(name, table.added):
            outcome.partitions_added += count
        for count in self._client.delete_partitions(name, table.removed):
            outcome.partitions_removed += count
