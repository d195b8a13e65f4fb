"""Classifies the rows of a source."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from salesetl.engines.engine import Engine
from salesetl.mapping.profile import IS_FILTERED
from salesetl.model.source import Source
from salesetl.model.table import Table
from salesetl.model.versions import FileVersion
from salesetl.quality.judging import (
    ACCEPTED,
    FILTERED,
    QUARANTINED,
)
from salesetl.quality.versioning import decide_versions, key_text
from salesetl.storage import join

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


def classify(
    engine: Engine, judged: DataFrame, source: Source, table: Table, folder: str
) -> DataFrame:
    """Classify judged rows, which may be those of the row engine: add `_outcome`, computed once.

    `table` is the contract of the source with its parameters. What is decided is kept below
    `folder`.
    """
    judged = engine.checkpoint(judged, join(folder, "judged"))
    if IS_FILTERED not in judged.columns:
        return _decide(engine, judged, source, table, folder)
    meant = judged.where(f"not {IS_FILTERED}").drop(IS_FILTERED)
    nothing = {name: F.lit("") for name in ("_reasons", "_warnings")}
    filtered = judged.where(IS_FILTERED).drop(IS_FILTERED).withColumns(nothing)
    return _decide(engine, meant, source, table, folder).unionByName(
        filtered.withColumn("_outcome", F.lit(FILTERED))
    )


def _decide(
    engine: Engine, judged: DataFrame, source: Source, table: Table, folder: str
) -> DataFrame:
    if source.whole:
        files = file_order(engine, _files_of(engine, judged), source.version)
        decided = decide_versions(judged, files, source, table)
        return engine.checkpoint(decided, join(folder, "versions"))
    repeated = engine.checkpoint(
        find_repeated_keys(judged, table), join(folder, "repeated_keys")
    )
    # Hardly a row has the key of another, so only those that do are sorted into versions.
    if not engine.rows(repeated.limit(1)):
        return decide_by_reasons(judged)
    keyed = judged.withColumn("_key", F.expr(key_text(table)))
    several = keyed.join(repeated, on=["_key"], how="left_semi").select(*judged.columns)
    files = file_order(engine, _files_of(engine, several), source.version)
    versions = engine.checkpoint(
        decide_versions(several, files, source, table), join(folder, "versions")
    )
    single = keyed.join(repeated, on=["_key"], how="left_anti").select(*judged.columns)
    return decide_by_reasons(single).unionByName(versions)


def file_order(engine: Engine, paths: Iterable[str], version: FileVersion) -> DataFrame:
    """Number files, older ones first, as `_source_file` and `_file_order`.

    A file that is named in two ways has one number.
    """
    ordered = sorted(set(paths), key=version.file_key)
    grouped = enumerate(groupby(ordered, version.file_key))
    return engine.frame(
        [(path, number) for number, (_, same) in grouped for path in same],
        {"_source_file": "string", "_file_order": "int"},
    )


def _files_of(engine: Engine, rows: DataFrame) -> list[str]:
    found = engine.rows(rows.select("_source_file").distinct())
    return [row["_source_file"] for row in found if row["_source_file"]]


def find_repeated_keys(judged: DataFrame, table: Table) -> DataFrame:
    """Return, as `_key`, the keys that more than one row has."""
    return (
        judged.select(F.expr(key_text(table)).alias("_key"))
        .where("_key is not null")
        .groupBy("_key")
        .agg(F.count("*").alias("_rows"))
        .where("_rows > 1")
        .select("_key")
    )


def decide_by_reasons(judged: DataFrame) -> DataFrame:
    """Classify rows whose keys are all different, by their reasons."""
    outcome = f"case when _reasons <> '' then '{QUARANTINED}' else '{ACCEPTED}' end"
    return judged.withColumn("_outcome", F.expr(outcome))
