"""Rows as delivered, the one shape that every reader returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from salesetl.engines import functions as F
from salesetl.engines.base import Engine
from salesetl.schemas.table import Table, item_fields
from salesetl.schemas.types import T
from salesetl.storage import StoredFile

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


@dataclass(frozen=True)
class RawRows:
    """Rows as delivered, and what the reader noticed about their files.

    `frame` has every contract column as text, `_raw_record`, `_source_header`, `_source_file` and
    `_is_well_formed`; of a malformed record all contract columns are null.
    """

    frame: DataFrame
    files: list[StoredFile]
    unknown_columns: list[str]


def in_one(engine: Engine, frames: list[DataFrame], table: Table) -> DataFrame:
    """Return the rows of all frames of the shape of `RawRows.frame`, of which there may be none."""
    lineage = ("_raw_record", "_source_header", "_source_file")
    if not frames:
        texts = dict.fromkeys((*table.columns, *lineage), "string")
        nothing = engine.frame([], texts | {"_is_well_formed": "boolean"})
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
