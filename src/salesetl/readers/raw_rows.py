"""The shape of rows that every reader returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from salesetl.engines import functions as F
from salesetl.engines.engine import Engine
from salesetl.model.table import Table, item_fields
from salesetl.model.types import T
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
class RawRows:
    """Delivered rows, and the files and unknown columns that the reader found.

    `frame` has every contract column as text, and the lineage of a row: `_raw_record`, the
    `_source_header` of delimited text, `_source_file`; `_place` in it where the order of lines
    matters; `_fault`, the name of the rule that the record broke when it was read, or ''; whether
    it `_is_plain`, as `characters.is_plain` says; and
    `_names`, the keys of a JSON object. Of a malformed record all contract columns are null.
    `delivered` is the shape of the objects if a source profile names another than the source's.
    """

    frame: DataFrame
    files: list[StoredFile]
    unknown_columns: list[str]
    delivered: T.StructType | None = None


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


def _list_of_texts(items: Sequence[T.StructField]) -> Column:
    texts = (f"'{each.name}', cast(null as string)" for each in items)
    return F.expr(f"array(named_struct({', '.join(texts)}))")
