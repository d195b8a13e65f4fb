"""Tables of a lake as folders of Parquet, and what a run changes in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from salesetl.destinations.partitions import (
    PartitionEntries,
    PartitionEntry,
    Sought,
    folder_days,
    key_column,
    range_columns,
    ranges_by,
)
from salesetl.engines.engine import Engine
from salesetl.model.table import Table
from salesetl.model.types import T
from salesetl.parsing import text_literal
from salesetl.storage import StoredFile, join, parquet_files, storage_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Change:
    """New content for some partitions of a table.

    They will hold the rows of the run that `arriving` has and, of those that were there before, the
    ones that stay: `kept` in new files, or `staying` in `files_staying`, by partition (None when
    there are none). `folders` are the partitions that change; one that gets no rows is
    emptied. In those that stay `as_they_are`, rows of the run are `unchanged`: what is there of
    them is what arrived.
    """

    table: Table
    arriving: DataFrame
    kept: DataFrame | None
    folders: list[str]
    unchanged: DataFrame | None = None
    as_they_are: Collection[str] = ()
    staying: DataFrame | None = None
    files_staying: Mapping[str, Sequence[StoredFile]] = field(default_factory=dict)

    @property
    def rows(self) -> DataFrame:
        """All rows of the files that are to be written."""
        if self.kept is None:
            return self.arriving
        return self.arriving.unionByName(self.kept)

    @property
    def remaining(self) -> DataFrame | None:
        """All rows that were in these partitions before and stay."""
        if self.kept is None or self.staying is None:
            return self.staying if self.kept is None else self.kept
        return self.kept.unionByName(self.staying)

    def with_kept(self, change: Callable[[DataFrame], DataFrame]) -> Change:
        """Change the rows that stay."""
        return self if self.kept is None else replace(self, kept=change(self.kept))


class Lake:
    """The published tables below one root; a partition is a folder such as `year=2025/month=9`."""

    def __init__(self, engine: Engine, root: str) -> None:
        self._engine = engine
        self.root = root
        self._storage = storage_of(root)
        self._listed: dict[str, list[StoredFile]] = {}
        self._by_folder: dict[str, dict[str, list[StoredFile]]] = {}
        self.remembered = PartitionEntries()

    def path(self, table: Table) -> str:
        """The folder of a table."""
        return join(self.root, table.folder)

    def files(self, table: Table) -> dict[str, list[StoredFile]]:
        """List the data files of a table by partition folder; listed once and then remembered.

        Until the run publishes nothing changes there, for it is the only writer.
        """
        path = self.path(table)
        if path not in self._by_folder:
            self._by_folder[path] = files_by_folder(path, self.all_files(table))
        return self._by_folder[path]

    def all_files(self, table: Table) -> list[StoredFile]:
        """List all files below the folder of a table, as they are before the run publishes."""
        path = self.path(table)
        if path not in self._listed:
            self._listed[path] = self._storage.files(path)
        return self._listed[path]

    def read(self, table: Table, folders: list[str]) -> DataFrame:
        """Read some partitions of a table."""
        found = self.files(table)
        files = [file for folder in folders for file in found.get(folder, [])]
        return self._engine.read_parquet(self.path(table), folders, table.schema, files)

    def read_files(
        self,
        table: Table,
        files: Mapping[str, Sequence[StoredFile]],
        columns: Collection[str] | None = None,
    ) -> DataFrame | None:
        """Read some files of a table, by partition; None if there are none.

        With `columns`, it reads only these and those of the partitions.
        """
        path = self.path(table)
        listed = [file for found in files.values() for file in found]
        places = [file.path.removeprefix(f"{path}/") for file in listed]
        if not listed:
            return None
        schema = table.schema
        if columns is not None:
            names = {*columns, *table.partition_by}
            schema = T.StructType([each for each in schema if each.name in names])
        return self._engine.read_parquet(
            path, places, schema, listed, is_part=columns is not None
        )

    def entries(self, table: Table) -> dict[str, PartitionEntry]:
        """Return, by folder, what is remembered of the partitions that are as they were left."""
        return self.remembered.known(table.name, self.files(table))

    def folders_of(self, rows: DataFrame, table: Table) -> set[str]:
        """Return the partitions that rows belong to."""
        if not table.partition_by:
            return {""} if self.rows(rows.limit(1)) else set()
        found = self.rows(rows.select(*table.partition_by).distinct())
        return {folder_of(row, table) for row in found}

    def folders_and_sought(
        self, rows: DataFrame, table: Table
    ) -> tuple[set[str], Sought]:
        """Return the partitions that rows belong to, and what to look for to find their keys."""
        length, ends = range_columns(key_column(table))
        groups = self.rows(rows.groupBy(*table.partition_by, length).agg(*ends))
        by_folder = ranges_by(groups, lambda row: folder_of(row, table))
        days = (day for each in by_folder for day in folder_days(each) or (None,))
        ranges = [each for found in by_folder.values() for each in found]
        return set(by_folder), Sought.by(table, ranges, days)

    def differing(
        self, table: Table, one: DataFrame, other: DataFrame, folders: set[str]
    ) -> set[str]:
        """Return those of some partitions in which two frames have not the same rows."""
        one, other = one.select(*table.columns), other.select(*table.columns)
        found: set[str] = set()
        for these, those in ((one, other), (other, one)):
            if not folders <= found:
                found |= self.folders_of(these.exceptAll(those), table)
        return found & folders

    def holding(
        self, table: Table, rows: DataFrame, folders: Collection[str]
    ) -> set[str]:
        """Return those of some partitions that have the rows that a frame has for them."""
        both = set(folders) & set(self.files(table))
        if not both:
            return set()
        present = self.read(table, sorted(both))
        return both - self.differing(table, rows, present, both)

    def is_in(self, table: Table, folders: Collection[str]) -> str:
        """SQL that tells whether a row belongs to one of some partitions."""
        if not table.partition_by or not folders:
            return "true" if folders else "false"
        parts = (
            f"concat('{name}=', cast(`{name}` as string))"
            for name in table.partition_by
        )
        names = ", ".join(text_literal(folder) for folder in sorted(folders))
        return f"concat_ws('/', {', '.join(parts)}) in ({names})"

    def rows(self, frame: DataFrame) -> list[dict[str, Any]]:
        """Compute a small frame."""
        return self._engine.rows(frame)


def files_by_folder(root: str, files: list[StoredFile]) -> dict[str, list[StoredFile]]:
    """Group the data files below a root by their folder, relative to it."""
    folders: dict[str, list[StoredFile]] = defaultdict(list)
    for file in parquet_files(root, files):
        below = file.path.removeprefix(f"{root}/")
        folders[below.rpartition("/")[0]].append(file)
    return dict(folders)


def folder_of(row: Mapping[str, Any], table: Table) -> str:
    """Name the partition folder of a row."""
    return "/".join(f"{name}={row[name]}" for name in table.partition_by)
