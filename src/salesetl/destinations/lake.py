"""Tables of a lake as folders of Parquet, and what a run changes in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from salesetl.engines.engine import Engine
from salesetl.errors import InputError
from salesetl.model.rules import sql_literal
from salesetl.model.strategies import Append, Replace, Snapshot
from salesetl.model.table import Table
from salesetl.storage import StoredFile, join, parquet_files, storage_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


@dataclass(frozen=True)
class Change:
    """New content for some partitions of a table.

    They will hold the rows of the run that `arriving` has and, of those that were there before, the
    ones that stay (`kept`; None when there are none). `folders` are the partitions concerned; one
    that gets no rows is emptied.
    """

    table: Table
    arriving: DataFrame
    kept: DataFrame | None
    folders: list[str]

    @property
    def rows(self) -> DataFrame:
        """All rows that the partitions will hold."""
        if self.kept is None:
            return self.arriving
        return self.arriving.unionByName(self.kept)

    def with_kept(self, change: Callable[[DataFrame], DataFrame]) -> Change:
        """Change the rows that stay."""
        return self if self.kept is None else replace(self, kept=change(self.kept))


class Lake:
    """The published tables below one root; a partition is a folder such as `year=2025/month=9`."""

    def __init__(self, engine: Engine, root: str) -> None:
        self._engine = engine
        self.root = root
        self._storage = storage_of(root)
        self._listed: dict[str, dict[str, list[StoredFile]]] = {}

    def path(self, table: Table) -> str:
        """The folder of a table."""
        return join(self.root, table.folder)

    def files(self, table: Table) -> dict[str, list[StoredFile]]:
        """List the data files of a table by partition folder; listed once and then remembered.

        Until the run publishes nothing changes there, for it is the only writer.
        """
        path = self.path(table)
        if path not in self._listed:
            self._listed[path] = files_by_folder(path, self._storage.files(path))
        return self._listed[path]

    def read(self, table: Table, folders: list[str]) -> DataFrame:
        """Read some partitions of a table."""
        found = self.files(table)
        files = [file for folder in folders for file in found.get(folder, [])]
        return self._engine.read_parquet(self.path(table), folders, table.schema, files)

    def change(
        self,
        table: Table,
        arriving: DataFrame,
        days: tuple[date, date] | None,
        also: Collection[str] = (),
    ) -> Change:
        """Add rows to a table by its strategy, or replace all rows of some days.

        The partitions `also` are written again too.
        """
        if days and table.date_column:
            return self.replace(table, arriving, *days, also)
        match table.strategy:
            case Replace():
                folders = self._folders(arriving, table) | set(self.files(table))
                return Change(table, arriving, None, sorted(folders))
            case Append():
                touched = self._folders(arriving, table)
                present = sorted(touched & set(self.files(table)))
                kept = self.read(table, present) if present else None
                return Change(table, arriving, kept, sorted(touched))
            case Snapshot(flag=flag):
                everything = set(self.files(table))
                return self.merge(table, arriving, everything).with_kept(
                    lambda kept: kept.withColumn(flag, F.lit(True)).select(
                        *table.columns
                    )
                )
            case _:
                return self.merge(table, arriving, also)

    def merge(
        self, table: Table, arriving: DataFrame, also: Collection[str] = ()
    ) -> Change:
        """Replace rows with the same key, in any partition, by the rows that arrive.

        A key that comes back with another date thereby leaves its old partition; of a table with
        `replaced_by`, all rows go that share those columns with one that arrives.
        """
        replaced = list(table.replaced_by or table.key)
        touched = self._folders(arriving, table) | set(also)
        present = set(self.files(table))
        if not present:
            return Change(table, arriving, None, sorted(touched))
        keys = arriving.select(*replaced)
        table_keys = self.read(table, sorted(present)).select(
            *replaced, *table.partition_by
        )
        touched |= self._folders(
            table_keys.join(keys, on=replaced, how="left_semi"), table
        )
        kept = None
        if touched & present:
            old = self.read(table, sorted(touched & present))
            kept = old.join(keys, on=replaced, how="left_anti").select(*table.columns)
        return Change(table, arriving, kept, sorted(touched))

    def replace(
        self,
        table: Table,
        arriving: DataFrame,
        start: date,
        end: date,
        also: Collection[str] = (),
    ) -> Change:
        """Replace all rows from `start` to `end`, both included, by the rows that arrive.

        Rows of other days stay, also those in a partition that the range covers in part.
        InputError if a row that arrives has the key of one that stays.
        """
        touched = self._folders(arriving, table) | set(also)
        present = set(self.files(table))
        if not present:
            return Change(table, arriving, None, sorted(touched))
        day = str(table.date_column)
        is_in_range = f"{day} between {sql_literal(start)} and {sql_literal(end)}"
        everything = self.read(table, sorted(present))
        staying = everything.where(f"not ({is_in_range})")
        self._check_once(table, staying, arriving, f"{start}..{end}")
        touched |= self._folders(everything.where(is_in_range), table)
        kept = None
        if touched & present:
            kept = self.read(table, sorted(touched & present)).where(
                f"not ({is_in_range})"
            )
        return Change(table, arriving, kept, sorted(touched))

    def _check_once(
        self, table: Table, staying: DataFrame, arriving: DataFrame, days: str
    ) -> None:
        twice = staying.join(
            arriving.select(*table.key), on=list(table.key), how="left_semi"
        )
        day = str(table.date_column)
        for row in self._engine.rows(twice.select(day, *table.key).limit(1)):
            key = ", ".join(str(row[name]) for name in table.key)
            raise InputError(
                f"{self.path(table)}: {table.key[0]} {key} is already in the table on {row[day]},"
                f" outside {days}, and would be there twice; widen the range, or use --write_mode"
                " merge"
            )

    def _folders(self, rows: DataFrame, table: Table) -> set[str]:
        if not table.partition_by:
            return {""}
        found = self._engine.rows(rows.select(*table.partition_by).distinct())
        return {folder_of(row, table) for row in found}


def files_by_folder(root: str, files: list[StoredFile]) -> dict[str, list[StoredFile]]:
    """Group the data files below a root by their folder, relative to it."""
    folders: dict[str, list[StoredFile]] = defaultdict(list)
    for file in parquet_files(root, files):
        below = file.path.removeprefix(f"{root}/")
        folders[below.rpartition("/")[0]].append(file)
    return dict(folders)


def folder_of(row: dict[str, Any], table: Table) -> str:
    """Name the partition folder of a row."""
    return "/".join(f"{name}={row[name]}" for name in table.partition_by)
