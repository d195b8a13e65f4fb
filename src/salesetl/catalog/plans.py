"""Plans the changes of the Data Catalog before any is made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from salesetl.catalog.differences import Change, table_changes
from salesetl.catalog.tables import (
    Description,
    Entry,
    Values,
    current_partition,
    partition_input,
    table_input,
)


@dataclass(frozen=True)
class TablePlan:
    """The changes of one table and its partitions."""

    entry: Entry
    found: Description | None
    changes: list[Change]
    added: list[Description]
    updated: list[Description]
    removed: list[Values]

    @property
    def input(self) -> Description:
        """The description of the table after the change."""
        return table_input(self.entry, self.found)

    @property
    def lines(self) -> list[str]:
        """The changes as lines, before they are made."""
        partitions = self._partitions("would add {:,}, update {:,}, remove {:,}")
        return [each.plan_text for each in self.changes] + partitions

    @property
    def done_lines(self) -> list[str]:
        """The changes as lines, after they are made."""
        partitions = self._partitions("{:,} added, {:,} updated, {:,} removed")
        return [each.text for each in self.changes] + partitions

    def _partitions(self, wording: str) -> list[str]:
        counts = [len(self.added), len(self.updated), len(self.removed)]
        told = f"{self.entry.name}: partitions: {wording.format(*counts)}"
        return [told] if any(counts) else []


@dataclass(frozen=True)
class Plan:
    """The changes of a database; `database` is None if it exists."""

    database: str | None
    tables: list[TablePlan]

    @property
    def refusals(self) -> list[str]:
        """The lines of refused changes, each with its remedy."""
        return refusals(each for table in self.tables for each in table.changes)

    @property
    def lines(self) -> list[str]:
        """The changes as lines, before they are made; empty if there are none."""
        created = [f"would create database {self.database}"] if self.database else []
        return created + [line for table in self.tables for line in table.lines]

    @property
    def done_lines(self) -> list[str]:
        """The changes as lines, after they are made; empty if there are none."""
        created = [f"database {self.database} created"] if self.database else []
        return created + [line for table in self.tables for line in table.done_lines]


@dataclass
class Outcome:
    """The changes that were made to the Data Catalog; `changes` has a line for each."""

    tables: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    partitions_added: int = 0
    partitions_updated: int = 0
    partitions_removed: int = 0


def plan_table(
    entry: Entry,
    found: Description | None,
    partitions: Mapping[Values, Description],
    changes: list[Change],
) -> TablePlan:
    """Compare a table and its existing partitions with the contract."""
    if refusals(changes) or (found is None and not changes):
        return TablePlan(entry, found, changes, added=[], updated=[], removed=[])
    filled = frozenset[Values]() if entry.projects(found) else entry.filled
    unwanted = partitions.keys() - filled
    if entry.emptied is not None and not entry.projects(found):
        unwanted &= entry.emptied
    inputs = {
        values: partition_input(entry, values, described)
        for values, described in partitions.items()
        if values not in unwanted
    }
    return TablePlan(
        entry,
        found,
        changes,
        added=[
            partition_input(entry, values)
            for values in sorted(filled - partitions.keys())
        ],
        updated=[
            new
            for values, new in sorted(inputs.items())
            if new != current_partition(partitions[values])
        ],
        removed=sorted(unwanted),
    )


def plan_changes(entry: Entry, found: Description | None) -> list[Change]:
    """List the changes of a table; none for an optional table that does not exist."""
    return [] if found is None and entry.is_optional else table_changes(entry, found)


def refusals(changes: Iterable[Change]) -> list[str]:
    """Return the lines of refused changes, each with its remedy."""
    return [each.text for each in changes if each.kind == "refused"]
