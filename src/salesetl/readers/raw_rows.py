"""The shape of rows that every reader returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from salesetl.engines import functions as F
from salesetl.engines.engine import Engine
from salesetl.model.table import Table, item_fields
from salesetl.model.types import T
from salesetl.readers.unpacked_files import Unpacked
from salesetl.storage import StoredFile

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


# What a row carries beside the columns of its contract.
LINEAGE = {
    "_raw_record": "string",
    "_source_header": "string",
    "_source_file": "string",
    "_place": "decimal(38,0)",
    "_fault": "string",
    "_is_plain": "boolean",
    "_names": "string",
}


@dataclass(frozen=True)
class SkippedLines:
    """How many lines of a file are neither data nor the header, which is on `header_line`.

    That is 0 in a file without a header.
    """

    file: str
    lines: int
    header_line: int


@dataclass(frozen=True)
class RawRows:
    """Delivered rows, and the files, unknown columns and skipped lines that the reader found.

    `unpacked` are those of the files that were unpacked, by their paths, `lookups` the facts of
    look-ups.

    `frame` has every contract column as text, and the lineage of a row: `_raw_record`, the
    `_source_header` of delimited text, `_source_file`; `_place` in it where the order of lines
    matters; `_fault`, the name of the rule that the record broke when it was read, or ''; whether
    it `_is_plain`, as `characters.is_plain` says; and
    `_names`, the keys of a JSON object. Of a malformed record all contract columns are null, but
    for those of what rows make whole, as far as it still tells them.
    `delivered` is the shape of the objects if a source profile names another than the source's.
    """

    frame: DataFrame
    files: list[StoredFile]
    unknown_columns: list[str]
    delivered: T.StructType | None = None
    skipped: list[SkippedLines] = field(default_factory=list)
    unpacked: dict[str, Unpacked] = field(default_factory=dict)
    lookups: dict[str, Any] = field(default_factory=dict)


def in_one(engine: Engine, frames: list[DataFrame], table: Table) -> DataFrame:
    """Return the rows of all frames as one frame; there may be no frame."""
    if not frames:
        texts = dict.fromkeys(table.columns, "string")
        nothing = engine.frame([], texts | LINEAGE)
        lists = {field.name: item_fields(field) for field in table.schema}
        return nothing.withColumns(
            {name: _list_of_texts(items) for name, items in lists.items() if items}
        )
    first, *others = frames
    for frame in others:
        first = first.unionByName(frame)
    return first


def with_file_names(
    engine: Engine, rows: DataFrame, names: Mapping[str, str]
) -> DataFrame:
    """Give rows of some files another path as that of their file."""
    if not names:
        return rows
    files = engine.frame(
        list(names.items()), {"_source_file": "string", "_first_file": "string"}
    )
    return (
        rows.join(files, on=["_source_file"], how="left")
        .select(*rows.columns, "_first_file")
        .withColumn("_source_file", F.coalesce("_first_file", "_source_file"))
        .drop("_first_file")
    )


def _list_of_texts(items: Sequence[T.StructField]) -> Column:
    texts = (f"'{each.name}', cast(null as string)" for each in items)
    return F.expr(f"array(named_struct({', '.join(texts)}))")
