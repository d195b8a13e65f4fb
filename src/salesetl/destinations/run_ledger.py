"""The ledger as one run finds it, and what it is to be when the run publishes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from importlib.util import find_spec

from salesetl.destinations.journal import Journal
from salesetl.destinations.lake import Lake
from salesetl.destinations.ledger import Ledger, ledger_path, read_ledger
from salesetl.destinations.partitions import PartitionEntry
from salesetl.destinations.staging import Partition, StagedTable
from salesetl.model.table import Table
from salesetl.money import texts_of
from salesetl.storage import Storage

_NOTHING = Partition({}, rows=0, sums={}, files=0, bytes=0, ranges=[])


class RunLedger:
    """The ledger of a namespace during a run: read once, for nobody else changes it meanwhile."""

    def __init__(self, storage: Storage, root: str, namespace: str) -> None:
        self._storage, self._root, self._namespace = storage, root, namespace
        self._after: Ledger | None = None
        # None for a partition that the run empties.
        self._written: dict[tuple[str, str], PartitionEntry | None] = {}
        self._stale: dict[str, tuple[str, Mapping[str, int]]] = {}

    @cached_property
    def before(self) -> Ledger:
        """The ledger that the run has found."""
        return read_ledger(self._storage, self._root, self._namespace)

    def keep(self, ledger: Ledger) -> None:
        """Note the delivered files that are to be known after the run."""
        self._after = ledger

    def add(self, staged: StagedTable, folders: Collection[str]) -> None:
        """Note the staged partitions that take the place of others."""
        name = staged.table.name
        for folder in folders:
            self._written[name, folder] = None
            if files := staged.files_in(folder):
                # A table without partitions may have a file without rows.
                partition = staged.partitions.get(folder, _NOTHING)
                self._written[name, folder] = PartitionEntry(
                    name,
                    folder,
                    {file.name: file.size for file in files},
                    partition.ranges if staged.table.replaced_by else None,
                    rows=partition.rows,
                    sums=texts_of(partition.sums),
                )

    def stale_rows(
        self, lake: Lake, table: Table, lookup: str
    ) -> dict[str, int] | None:
        """Return what was counted of stale rows, if neither look-up nor partitions have changed."""
        known = lake.entries(table)
        if any(entry.lookup != lookup for entry in known.values()):
            return None
        is_whole = set(known) == set(lake.files(table))
        counts = {folder: entry.stale for folder, entry in known.items()}
        return counts if is_whole else None

    def note_stale(self, table: Table, lookup: str, stale: Mapping[str, int]) -> None:
        """Note how many rows of partitions lack values that a look-up in some state has."""
        self._stale[table.name] = lookup, stale

    def stage(
        self, lake: Lake, tables: Iterable[Table], staging: str, journal: Journal
    ) -> None:
        """Write the ledger aside if it says something new, to take its place with the tables."""
        entries = self._entries(lake, tables)
        ledger = (self._after or self.before).with_partitions(entries)
        if ledger != self.before:
            path = ledger_path(self._root, self._namespace)
            journal.stage(self._storage, staging, ledger.encode(), path)

    def _entries(self, lake: Lake, tables: Iterable[Table]) -> list[PartitionEntry]:
        """Return the entries of all partitions as they will be.

        A partition that no entry was written for has one now, for its files have been checked.
        """
        entries: dict[tuple[str, str], PartitionEntry | None] = {}
        for table in tables:
            known = lake.entries(table)
            for folder, files in lake.files(table).items():
                sizes = {file.name: file.size for file in files}
                entry = known.get(folder) or PartitionEntry(table.name, folder, sizes)
                if folder in known or find_spec("pyarrow"):
                    entries[table.name, folder] = entry
        entries |= self._written
        return [self._with_stale(entry) for entry in entries.values() if entry]

    def _with_stale(self, entry: PartitionEntry) -> PartitionEntry:
        if entry.table not in self._stale:
            return entry
        lookup, stale = self._stale[entry.table]
        is_written = (entry.table, entry.folder) in self._written
        rows = 0 if is_written else stale.get(entry.folder, 0)
        return replace(entry, lookup=lookup, stale=rows)
