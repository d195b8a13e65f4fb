"""Decides which of several versions of a row is accepted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from salesetl.model.source import Source
from salesetl.model.table import Table
from salesetl.quality.judging import (
    ACCEPTED,
    CONFLICT,
    DUPLICATE,
    QUARANTINED,
    WHOLE,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


def decide_versions(
    judged: DataFrame, files: DataFrame, source: Source, table: Table
) -> DataFrame:
    """Classify rows that share their key, or belong to the same whole.

    `files` are all files with their order. The newest version counts in which no row is broken and
    no key has different contents; of those that are, none is guessed to be right. Of a table whose
    last line wins, that one counts.
    """
    versions = (
        judged.join(files, on=["_source_file"], how="left")
        # Selected right away, or SQLFrame may take a name later on for that of another side.
        .select(*judged.columns, "_file_order")
        .withColumn("_key", F.expr(key_text(table)))
        .withColumn("_unit", F.expr(_unit(source, table)))
        .withColumn("_content", F.expr(_content(table)))
        .transform(_with_version, source)
    )
    if table.last_line_wins:
        decided = _keep_last_line(versions)
    else:
        decided = _keep_newest_sound(versions, is_whole=bool(source.whole))
    return decided.select(*judged.columns, "_outcome")


def key_text(table: Table) -> str:
    """SQL for the key of a row as text; null if the row has no usable key."""
    has_key = " and ".join(f"`{name}` is not null" for name in table.key)
    # Where the last line wins, a broken row is no version; elsewhere it makes others doubtful.
    is_version = "_reasons = ''" if table.last_line_wins else "_fault = ''"
    return f"case when {has_key} and {is_version} then {joined(table.key)} end"


def _unit(source: Source, table: Table) -> str:
    """SQL for what is accepted or rejected as one: a key, or what several rows make whole.

    A row that tells neither stands for itself.
    """
    if not source.whole:
        return key_text(table)
    has_whole = " and ".join(f"`{name}` is not null" for name in source.whole)
    return f"case when {has_whole} then {joined(source.whole)} end"


def joined(names: Iterable[str]) -> str:
    """SQL for several columns as one text."""
    return f"concat_ws(chr(31), {', '.join(names)})"


def _content(table: Table) -> str:
    # Values are compared rather than spellings, 1.50 with 1.5; where a field could not be read
    # there is no value, and the record as delivered stands for the row. Where a row came from is
    # no part of it.
    values = ", ".join(
        f"coalesce(cast(`{each.name}` as string), '')"
        for each in table.schema
        if each.name not in table.key and not each.metadata.get("is_lineage")
    )
    return f"case when _reasons = '' then concat_ws(chr(31), {values}) else _raw_record end"


def _with_version(rows: DataFrame, source: Source) -> DataFrame:
    """Add `_version`, a number that is higher for a newer version of a unit."""
    if not source.version.columns:
        return rows.withColumn("_version", F.col("_file_order"))
    [column] = source.version.columns
    changed = f"`{column}`"
    if source.whole:
        # Its rows may have been changed at different times, and are one version all the same.
        changed = f"max({changed}) over (partition by _unit, _file_order)"
    order = "_changed asc nulls first, _file_order"
    return rows.withColumn("_changed", F.expr(changed)).withColumn(
        "_version",
        F.expr(f"dense_rank() over (partition by _unit order by {order})"),
    )


def _keep_newest_sound(versions: DataFrame, *, is_whole: bool) -> DataFrame:
    of_key = "partition by _key, _version"
    of_unit = "partition by _unit"
    last_first = "_place desc, _raw_record"
    has_reason = "_reasons <> '' or _is_conflict"
    return (
        versions.withColumns(
            {
                "_is_conflict": F.expr(
                    "_key is not null and"
                    f" min(_content) over ({of_key}) <> max(_content) over ({of_key})"
                ),
                # Copies of a sound row are counted in its version, of a broken one in all of them;
                # but each version of a whole is to be replayed with all of its rows.
                "_copy": F.expr(
                    f"row_number() over ({of_key}, _content order by {last_first})"
                ),
                "_broken_copy": F.expr(
                    "row_number() over (partition by _key, _content"
                    f"{', _version' if is_whole else ''} order by _version desc, {last_first})"
                ),
            }
        )
        .withColumn(
            "_is_broken",
            F.expr(
                f"max(case when {has_reason} then 1 else 0 end)"
                f" over ({of_unit}, _version) = 1"
            ),
        )
        .withColumn(
            "_newest",
            F.expr(f"max(case when not _is_broken then _version end) over ({of_unit})"),
        )
        .withColumns(
            {
                "_outcome": F.expr(
                    f"case when _unit is null and ({has_reason}) then '{QUARANTINED}'"
                    f" when _unit is null then '{ACCEPTED}'"
                    # A malformed record has no key: two that are equal may be two lines.
                    " when _is_broken and (_is_conflict or _broken_copy = 1 or _key is null)"
                    f" then '{QUARANTINED}'"
                    f" when _is_broken then '{DUPLICATE}'"
                    f" when _version < _newest or _copy > 1 then '{DUPLICATE}'"
                    f" else '{ACCEPTED}' end"
                ),
                "_reasons": F.expr(
                    f"case when _is_conflict then trim(concat(_reasons, ' {CONFLICT.name}'))"
                    f" when _reasons = '' and _is_broken and _unit is not null then '{WHOLE.name}'"
                    " else _reasons end"
                ),
            }
        )
    )


def _keep_last_line(versions: DataFrame) -> DataFrame:
    of_key = "partition by _key"
    in_newest = f"case when _version = max(_version) over ({of_key}) then _content end"
    place = (
        f"row_number() over ({of_key} order by _version desc, _place desc, _raw_record)"
    )
    warnings = f"trim(concat(_warnings, ' {CONFLICT.name}'))"
    return (
        versions.withColumns(
            {"_in_newest": F.expr(in_newest), "_place_of_version": F.expr(place)}
        )
        .withColumn(
            "_is_conflict",
            F.expr(
                f"min(_in_newest) over ({of_key}) <> max(_in_newest) over ({of_key})"
            ),
        )
        .withColumns(
            {
                "_outcome": F.expr(
                    f"case when _place_of_version = 1 then '{ACCEPTED}' else '{DUPLICATE}' end"
                ),
                "_warnings": F.expr(
                    f"case when _place_of_version = 1 and _is_conflict then {warnings}"
                    " else _warnings end"
                ),
            }
        )
    )
