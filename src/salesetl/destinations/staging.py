"""Stages the new content of a table, and verifies it before it is published."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING, Any

from salesetl.accounting import sums_of
from salesetl.destinations.lake import Change, files_by_folder, folder_of
from salesetl.destinations.partitions import (
    KeyRange,
    key_column,
    key_ranges,
    range_columns,
)
from salesetl.engines.engine import Engine
from salesetl.errors import BooksError
from salesetl.lineage import Written
from salesetl.model.table import Table
from salesetl.money import Sums, add_sums
from salesetl.storage import StoredFile, join, storage_of

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


@dataclass(frozen=True)
class Partition:
    """One partition: the `values` of its columns, its rows, sums of amounts, and files."""

    values: dict[str, Any]
    rows: int
    sums: Sums
    files: int
    bytes: int
    ranges: list[KeyRange]


@dataclass(frozen=True)
class StagedTable:
    """The staged and verified new partitions of a table.

    `rows` are all rows that they will have, `files` those that are new.
    """

    table: Table
    path: str
    rows: DataFrame
    files: dict[str, list[StoredFile]]
    partitions: dict[str, Partition]
    folders: list[str]
    as_they_are: Collection[str] = ()
    files_staying: Mapping[str, Sequence[StoredFile]] = field(default_factory=dict)

    def files_in(self, folder: str) -> list[StoredFile]:
        """List the files that a partition will have."""
        return [*self.files.get(folder, []), *self.files_staying.get(folder, [])]

    @property
    def row_count(self) -> int:
        """Rows that all changed partitions will have."""
        return sum(partition.rows for partition in self.partitions.values())

    @property
    def sums(self) -> Sums:
        """Sums of the amounts over all changed partitions."""
        parts = (each.sums for each in self.partitions.values())
        return add_sums(self.table.amounts, parts)

    def written(self, folders: Collection[str]) -> Written:
        """Count the rows and bytes of some of the partitions."""
        parts = [part for name, part in self.partitions.items() if name in folders]
        rows, size = (sum(part.rows for part in parts), sum(p.bytes for p in parts))
        return Written(self.table, rows, size)

    @property
    def measures(self) -> list[dict[str, Any]]:
        """The entries of the run report, one for each partition."""
        return [
            {
                **{name: _told(value) for name, value in each.values.items()},
                "rows": each.rows,
                "files": each.files,
                "bytes": each.bytes,
            }
            for each in self.partitions.values()
        ]


def _told(value: int | date | str) -> int | str:
    """Write a value of a partition column as JSON can."""
    return value.isoformat() if isinstance(value, date) else value


def stage(engine: Engine, change: Change, staging: str) -> StagedTable:
    """Stage new content, read it back and verify it.

    BooksError if what was written does not have the columns and types of the contract, or has a
    key twice.
    """
    table = change.table
    path = join(staging, table.folder)
    if not change.folders:
        return StagedTable(table, path, change.rows, {}, {}, [], change.as_they_are)
    engine.write_table(change.rows, path, table)
    files = files_by_folder(path, storage_of(path).files(path))
    if not files:
        return StagedTable(
            table, path, change.rows, {}, {}, change.folders, change.as_they_are
        )
    _check_schema(engine, table, next(iter(files.values()))[0].path)
    folders = sorted(files)
    written = [file for folder in folders for file in files[folder]]
    rows = engine.read_parquet(path, folders, table.schema, written)
    _check_keys(engine, rows, change)
    if change.staying is not None:
        rows = rows.unionByName(change.staying)
    staged = StagedTable(
        table,
        path,
        rows,
        files,
        {},
        change.folders,
        change.as_they_are,
        change.files_staying,
    )
    return replace(staged, partitions=_measure(engine, staged))


def count(engine: Engine, table: Table, rows: DataFrame | None) -> tuple[int, Sums]:
    """Count published rows of a table, and sum their amounts."""
    if rows is None:
        return 0, {}
    groups = grouped_rows(engine, rows, table, [])
    return sum(group["_rows"] for group in groups), sums_of(table.amounts, groups)


def _check_schema(engine: Engine, table: Table, file: str) -> None:
    written = engine.parquet_types(file)
    expected = dict(table.types)
    expected = {each.name: expected[each.name] for each in table.data_fields}
    if list(written.items()) != list(expected.items()):
        raise BooksError(
            f"{file}: was written as {written}, but the contract of {table.name} has {expected};"
            " nothing was published"
        )


def _check_keys(engine: Engine, rows: DataFrame, change: Change) -> None:
    table = change.table
    key = _twice(engine, rows, table) if table.key else None
    if key is None:
        return
    if change.kept is not None and _twice(engine, change.kept, table) is not None:
        raise BooksError(
            f"{table.name}: the lake already has a {', '.join(table.key)} twice, in the partitions"
            f" {', '.join(change.folders)}; load their days again with --write_mode replace"
        )
    raise BooksError(
        f"{table.name}: {key} would be in the table twice; nothing was published"
    )


def _twice(engine: Engine, rows: DataFrame, table: Table) -> str | None:
    """Name a key that several rows have, if there is one."""
    # Without partitions and amounts in the group, which would cost half as much again.
    versions = rows.groupBy(*table.key).agg(F.count("*").alias("versions"))
    for row in engine.rows(versions.where("versions > 1").limit(1)):
        return ", ".join(f"{name} {row[name]}" for name in table.key)
    return None


def _measure(engine: Engine, staged: StagedTable) -> dict[str, Partition]:
    table = staged.table
    length, ends = range_columns(key_column(table))
    parts: list[str | Column] = [*table.partition_by, length]
    measured = grouped_rows(engine, staged.rows, table, parts, ends)
    # Sorted here: Spark would look at all rows once more to sort them.
    measured.sort(key=lambda row: [row[name] for name in table.partition_by])
    partitions = {}
    for folder, found in groupby(measured, lambda row: folder_of(row, table)):
        groups, files = list(found), staged.files_in(folder)
        partitions[folder] = Partition(
            values={name: groups[0][name] for name in table.partition_by},
            rows=sum(group["_rows"] for group in groups),
            sums=sums_of(table.amounts, groups),
            files=len(files),
            bytes=sum(file.size for file in files),
            ranges=key_ranges(groups),
        )
    return partitions


def grouped_rows(
    engine: Engine,
    rows: DataFrame,
    table: Table,
    groups: Sequence[str | Column],
    more: Sequence[Column] = (),
) -> list[dict[str, Any]]:
    """Count rows and sum their amounts by some columns and by currency, and ask for more."""
    currency = F.col(table.currency) if table.currency else F.lit(None).cast("string")
    sums = (
        F.sum(F.col(name).cast("decimal(38,2)")).cast("string").alias(name)
        for name in table.amounts
    )
    return engine.rows(
        rows.groupBy(*groups, currency.alias("_currency")).agg(
            F.count("*").alias("_rows"), *sums, *more
        )
    )
