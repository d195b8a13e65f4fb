"""Finds delivered rows that are already published, so that they are not loaded again."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from salesetl.destinations.partitions import (
    Sought,
    key_column,
    range_columns,
    ranges_by,
)
from salesetl.model.source import Source
from salesetl.model.table import SOURCE_FILE, Table
from salesetl.quality.deciding import file_order
from salesetl.quality.judging import ACCEPTED, DUPLICATE, SUPERSEDED
from salesetl.runner.run import Run

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

logger = logging.getLogger(__name__)

_DAYS = ("_first_day", "_last_day")


def without_superseded(
    run: Run, source: Source, rows: DataFrame, published: Table
) -> DataFrame:
    """Turn accepted rows into duplicates if `published` has a newer version of them.

    Rows that are accepted as a whole are compared as one. Where nothing newer is published, rows
    are returned as they are.
    """
    engine, unit = run.engine, list(source.whole or source.contract.key)
    version = list(source.version.columns)
    found = published_rows(
        run, rows, published, unit, [*unit, *version, SOURCE_FILE.name]
    )
    if found is None:
        return rows
    arriving = _newest_of_units(
        rows.where(f"_outcome = '{ACCEPTED}'").select(*unit, *version, "_source_file"),
        source,
        unit,
    )
    there = _newest_of_units(
        found.select(*unit, *version, F.col(SOURCE_FILE.name).alias("_source_file")),
        source,
        unit,
    ).select(
        *unit,
        *(F.col(name).alias(f"_published_{name}") for name in version),
        F.col("_source_file").alias("_published_file"),
    )
    pairs = engine.checkpoint(
        arriving.join(there, on=unit, how="inner").select(
            *arriving.columns,
            *(f"_published_{name}" for name in version),
            "_published_file",
        )
        # A file that is loaded again is the same version, unless a column tells otherwise.
        .where(
            "_published_file is not null"
            + ("" if version else " and _published_file <> _source_file")
        ),
        run.folder("published_versions", source.name),
    )
    names = ("_source_file", "_published_file")
    files = engine.rows(pairs.select(*names).distinct())
    if not _may_be_newer(source, files):
        return rows
    newer = _newer(run, source, pairs, {file[name] for file in files for name in names})
    [counted] = engine.rows(
        newer.agg(
            F.countDistinct(*unit).alias("units"),
            F.min("_source_file").alias("delivered"),
            F.max("_published_file").alias("published"),
        )
    )
    if not counted["units"]:
        return rows
    logger.warning(
        "%s: %d %s have a newer published version, for example from %s, which stays; if the file"
        " %s is newer, deliver it again under a path that sorts later",
        source.name,
        counted["units"],
        ", ".join(unit),
        counted["published"],
        counted["delivered"],
    )
    return _as_duplicates(rows, newer.select(*unit), unit)


def without_present(
    run: Run, source: Source, rows: DataFrame, table: Table
) -> DataFrame:
    """Turn accepted rows into duplicates if their key is already in a table that only appends."""
    key = list(source.contract.key)
    found = published_rows(run, rows, table, key, key)
    if found is None:
        return rows
    return _as_duplicates(rows, found.select(*key).distinct(), key)


def published_rows(
    run: Run, rows: DataFrame, table: Table, unit: list[str], columns: list[str]
) -> DataFrame | None:
    """Return some columns of published rows among which may be all of the units of accepted rows.

    None if there are none.
    """
    column, sought = key_column(table), Sought()
    if column in unit and run.destination.partitions(table):
        length, ends = range_columns(column)
        # By file: what one day has brings together what belongs together.
        groups = run.engine.rows(
            rows.where(f"_outcome = '{ACCEPTED}'")
            .groupBy("_source_file", length)
            .agg(*ends, *_ends_of_days(rows, table))
        )
        by_file = ranges_by(groups, lambda row: str(row["_source_file"]))
        ranges = [each for found in by_file.values() for each in found]
        days = [row[name] for row in groups for name in _DAYS]
        sought = Sought.by(table, ranges, days)
    return run.destination.look_up(table, columns, sought)


def _ends_of_days(rows: DataFrame, table: Table) -> list[Column]:
    """Return the first and the last day of rows; null if one has none, or they are not known."""
    if table.date_column not in rows.columns:
        return [F.lit(None).cast("date").alias(name) for name in _DAYS]
    day = f"`{table.date_column}`"
    return [
        F.expr(f"case when count({day}) = count(*) then {end}({day}) end").alias(name)
        for end, name in zip(("min", "max"), _DAYS)
    ]


def _newest_of_units(rows: DataFrame, source: Source, unit: list[str]) -> DataFrame:
    """Return a row for each unit, with its file and when it was changed last.

    Of a whole that are several rows, of one file. Of all else it is one.
    """
    if not source.whole:
        return rows
    names = [name for name in rows.columns if name not in unit]
    return rows.groupBy(*unit).agg(*(F.max(name).alias(name) for name in names))


def _may_be_newer(source: Source, files: Sequence[Mapping[str, str]]) -> bool:
    """Tell whether any published row may be newer than its delivered one, by their files.

    Mostly all that is delivered comes from later files, which is known without a look at the rows.
    """
    if source.version.columns:
        return bool(files)
    key = source.version.file_key
    return any(
        key(file["_published_file"]) > key(file["_source_file"]) for file in files
    )


def _newer(
    run: Run, source: Source, pairs: DataFrame, paths: Iterable[str]
) -> DataFrame:
    """Keep the pairs of a delivered and a published version of which the published one is newer."""
    files = file_order(run.engine, paths, source.version)
    published_files = files.select(
        F.col("_source_file").alias("_published_file"),
        F.col("_file_order").alias("_published_order"),
    )
    ordered = (
        pairs.join(files, on=["_source_file"], how="inner")
        .select(*pairs.columns, "_file_order")
        .join(published_files, on=["_published_file"], how="inner")
        .select(*pairs.columns, "_file_order", "_published_order")
    )
    is_later_file = "_published_order > _file_order"
    for name in source.version.columns:
        there, here = f"_published_{name}", f"`{name}`"
        is_same = f"coalesce({there} = {here}, {there} is null and {here} is null)"
        is_later = f"({there} is not null and coalesce({there} > {here}, true))"
        is_later_file = f"{is_later} or ({is_same} and {is_later_file})"
    return ordered.where(is_later_file)


def _as_duplicates(rows: DataFrame, published: DataFrame, unit: list[str]) -> DataFrame:
    """Make duplicates of the accepted rows whose unit is among those that are published."""
    return with_outcome(rows, published, unit, DUPLICATE, "_warnings", SUPERSEDED)


def with_outcome(
    rows: DataFrame,
    units: DataFrame,
    unit: list[str],
    outcome: str,
    column: str,
    text: str,
) -> DataFrame:
    """Give the accepted rows of some units another outcome, and a column that text."""
    marked = units.withColumn("_is_meant", F.lit(True))
    is_meant = f"_is_meant and _outcome = '{ACCEPTED}'"
    return (
        rows.join(marked, on=unit, how="left")
        .select(*rows.columns, "_is_meant")
        .withColumn(
            column, F.expr(f"case when {is_meant} then '{text}' else {column} end")
        )
        .withColumn(
            "_outcome",
            F.expr(f"case when {is_meant} then '{outcome}' else _outcome end"),
        )
        .drop("_is_meant")
    )
