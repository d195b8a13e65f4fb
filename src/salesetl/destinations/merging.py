"""Works out which partitions of a table rows change, and what these will hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING

from salesetl.destinations.changed import changed_partitions
from salesetl.destinations.lake import Change, Lake
from salesetl.destinations.looking_up import look_up
from salesetl.destinations.staying_files import files_staying
from salesetl.errors import InputError
from salesetl.model.rules import sql_literal
from salesetl.model.strategies import (
    FILE_COLUMN,
    Append,
    History,
    Merge,
    Replace,
    Snapshot,
)
from salesetl.model.table import Table
from salesetl.parsing import text_literal

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


def check_strategies(tables: Iterable[Table]) -> None:
    """Check that a lake can publish some tables; ValueError if not."""
    for table in tables:
        if isinstance(table.strategy, History):
            raise ValueError(
                f"{table.name}: a lake cannot publish a table with the strategy History; use"
                " another strategy"
            )


def change(
    lake: Lake,
    table: Table,
    arriving: DataFrame,
    days: tuple[date, date] | None,
    also: Collection[str] = (),
    whole: Collection[str] = (),
    again: Collection[str] = (),
) -> Change:
    """Add rows to a table by its strategy, or replace all rows of some days.

    The partitions `also` are written again too, and those that are `whole` without files that stay.
    `again` are the files that an earlier run has loaded too.
    """
    whole = {*whole, *also}
    if days and table.date_column:
        return replace(lake, table, arriving, *days, also, whole)
    match table.strategy:
        case Replace():
            return changed_partitions(
                lake,
                table,
                arriving,
                lake.folders_of(arriving, table),
                set(lake.files(table)),
                also,
                whole,
                goes=lambda rows: rows,
                stays=lambda rows: rows.where("false"),
            )
        case Append():
            touched = lake.folders_of(arriving, table)
            staying, others = files_staying(lake, table, touched, whole)
            kept = lake.read_files(table, others)
            return Change(
                table,
                arriving,
                kept,
                sorted(touched),
                staying=lake.read_files(table, staying),
                files_staying=staying,
            )
        case Snapshot(flag=flag):
            everything = set(lake.files(table))
            return merge(lake, table, arriving, everything, everything).with_kept(
                lambda kept: kept.withColumn(flag, F.lit(True)).select(*table.columns)
            )
        case Merge(of_file=True):
            return merge(lake, table, arriving, also, whole, again)
        case _:
            return merge(lake, table, arriving, also, whole)


def merge(
    lake: Lake,
    table: Table,
    arriving: DataFrame,
    also: Collection[str] = (),
    whole: Collection[str] = (),
    files: Collection[str] = (),
) -> Change:
    """Replace rows with the same key, in any partition, by the rows that arrive.

    A key that comes back with another date thereby leaves its old partition; of a table with
    `replaced_by`, all rows go that share those columns with one that arrives. All rows of `files`
    go too.
    """
    replaced = list(table.replaced_by)
    touched, sought = lake.folders_and_sought(arriving, table)
    if not lake.files(table):
        return Change(table, arriving, None, sorted(touched | set(also)))
    keys = arriving.select(*replaced)
    replaced_in: set[str] = set()
    there = look_up(lake, table, replaced, sought)
    if there is not None:
        twice = there.join(keys, on=replaced, how="left_semi")
        replaced_in = lake.folders_of(twice, table)
    of_files = "false"
    if files:
        listed = ", ".join(text_literal(path) for path in sorted(files))
        of_files = f"coalesce({FILE_COLUMN} in ({listed}), false)"
        replaced_in |= lake.folders_of(
            lake.read(table, sorted(lake.files(table))).where(of_files), table
        )
    return changed_partitions(
        lake,
        table,
        arriving,
        touched,
        replaced_in,
        also,
        whole,
        goes=lambda rows: _with(rows, keys, replaced, of_files),
        stays=lambda rows: rows.join(keys, on=replaced, how="left_anti").where(
            f"not {of_files}"
        ),
    )


def replace(
    lake: Lake,
    table: Table,
    arriving: DataFrame,
    start: date,
    end: date,
    also: Collection[str] = (),
    whole: Collection[str] = (),
) -> Change:
    """Replace all rows from `start` to `end`, both included, by the rows that arrive.

    Rows of other days stay, also those in a partition that the range covers in part.
    InputError if a row that arrives has the key of one that stays.
    """
    present = set(lake.files(table))
    if not present:
        touched = lake.folders_of(arriving, table) | set(also)
        return Change(table, arriving, None, sorted(touched))
    day = str(table.date_column)
    is_in_range = f"{day} between {sql_literal(start)} and {sql_literal(end)}"
    everything = lake.read(table, sorted(present))
    staying = everything.where(f"not ({is_in_range})")
    _check_once(lake, table, staying, arriving, f"{start}..{end}")
    return changed_partitions(
        lake,
        table,
        arriving,
        lake.folders_of(arriving, table),
        lake.folders_of(everything.where(is_in_range), table),
        also,
        whole,
        goes=lambda rows: rows.where(is_in_range),
        stays=lambda rows: rows.where(f"not ({is_in_range})"),
    )


def _with(
    rows: DataFrame, keys: DataFrame, replaced: list[str], of_files: str
) -> DataFrame:
    """Keep the rows whose key is among some keys, or whose file is among some files."""
    twice = rows.join(keys, on=replaced, how="left_semi")
    if of_files == "false":
        return twice
    others = rows.join(keys, on=replaced, how="left_anti").where(of_files)
    return twice.select(*rows.columns).unionByName(others.select(*rows.columns))


def _check_once(
    lake: Lake, table: Table, staying: DataFrame, arriving: DataFrame, days: str
) -> None:
    twice = staying.join(
        arriving.select(*table.key), on=list(table.key), how="left_semi"
    )
    day = str(table.date_column)
    for row in lake.rows(twice.select(day, *table.key).limit(1)):
        key = ", ".join(str(row[name]) for name in table.key)
        raise InputError(
            f"{lake.path(table)}: {table.key[0]} {key} is already in the table on {row[day]},"
            f" outside {days}, and would be there twice; widen the range, or use --write_mode"
            " merge"
        )
