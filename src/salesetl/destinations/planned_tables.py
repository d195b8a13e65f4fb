"""Compares staged tables with the published ones: what a publish would change in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

from salesetl.accounting import sums_of
from salesetl.destinations.lake import Lake, folder_of
from salesetl.destinations.staging import StagedTable, grouped_rows
from salesetl.engines.engine import Engine
from salesetl.model.table import Table
from salesetl.money import ReportedAmounts, Sums, reported_amounts

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

# What becomes of the rows of a partition, in SQL on the rows that a key has before and after.
_COUNTS = {
    "before": "_before",
    "after": "_after",
    "new": "greatest(_after - _before, 0)",
    "replaced": "least(_before, _after) - _same",
    "removed": "greatest(_before - _after, 0)",
    "unchanged": "_same",
}


@dataclass(frozen=True)
class PlannedPartition:
    """What a publish would change in one partition: its rows, and its amounts by currency.

    `before = unchanged + replaced + removed`, and `after = unchanged + replaced + new`. A row that
    moves to another partition is removed from one and new in the other.
    """

    values: dict[str, Any]
    rows: dict[str, int]
    amounts: ReportedAmounts


@dataclass(frozen=True)
class PlannedTable:
    """What a publish would change in a table; `unchanged` partitions were looked at and stay."""

    table: Table
    partitions: list[PlannedPartition]
    unchanged: int


def plan_table(
    engine: Engine, lake: Lake, staged: StagedTable, changed: Collection[str]
) -> PlannedTable:
    """Compare the partitions of a table that a publish would change with what they have now."""
    table = staged.table
    there = sorted(set(changed) & set(lake.files(table)))
    counts = {
        folder: (part.values, dict.fromkeys(_COUNTS, 0) | _all_new(part.rows))
        for folder, part in staged.partitions.items()
        if folder in changed
    }
    sums: dict[str, Sums] = {}
    if there:
        published = lake.read(table, there)
        arriving = staged.rows.where(lake.is_in(table, there)) if staged.files else None
        for row in engine.rows(_compared(table, published, arriving)):
            values = {name: row[name] for name in table.partition_by}
            rows = {name: int(row[f"_{name}_rows"]) for name in _COUNTS}
            counts[folder_of(row, table)] = values, rows
        sums = _sums(engine, table, published)
    after = {folder: part.sums for folder, part in staged.partitions.items()}
    partitions = [
        PlannedPartition(*counts[folder], _amounts(table, folder, sums, after))
        for folder in sorted(counts, key=lambda each: [*counts[each][0].values()])
    ]
    concerned = {*staged.folders, *staged.as_they_are} - set(changed)
    return PlannedTable(table, partitions, len(concerned & set(lake.files(table))))


def _all_new(rows: int) -> dict[str, int]:
    return {"after": rows, "new": rows}


def _compared(
    table: Table, published: DataFrame, arriving: DataFrame | None
) -> DataFrame:
    """Count rows by partition and by what becomes of them: each key is compared in a partition."""
    both = _marked(table, published, 1, 0)
    if arriving is not None:
        both = both.unionByName(_marked(table, arriving, 0, 1))
    sides = [F.expr(f"sum({name})").alias(name) for name in ("_before", "_after")]
    rows = both.groupBy(*table.columns).agg(*sides)
    key = dict.fromkeys([*table.partition_by, *(table.key or table.columns)])
    same = F.expr("sum(least(_before, _after))").alias("_same")
    keys = rows.groupBy(*key).agg(*sides, same)
    return keys.groupBy(*table.partition_by).agg(
        *(F.expr(f"sum({sql})").alias(f"_{name}_rows") for name, sql in _COUNTS.items())
    )


def _marked(table: Table, rows: DataFrame, before: int, after: int) -> DataFrame:
    return rows.select(
        *table.columns, F.lit(before).alias("_before"), F.lit(after).alias("_after")
    )


def _sums(engine: Engine, table: Table, published: DataFrame) -> dict[str, Sums]:
    """Sum the amounts of published rows by partition and currency."""
    groups = grouped_rows(engine, published, table, table.partition_by)
    groups.sort(key=lambda row: folder_of(row, table))
    found = groupby(groups, lambda row: folder_of(row, table))
    return {folder: sums_of(table.amounts, list(rows)) for folder, rows in found}


def _amounts(
    table: Table, folder: str, before: dict[str, Sums], after: dict[str, Sums]
) -> ReportedAmounts:
    nothing: Sums = {name: {} for name in table.amounts}
    return reported_amounts(
        {"before": before.get(folder, nothing), "after": after.get(folder, nothing)}
    )
