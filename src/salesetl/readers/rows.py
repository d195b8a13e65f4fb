"""Rows as delivered, the one shape that every reader returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from salesetl.engines.base import Engine
from salesetl.schemas.table import Table
from salesetl.storage import StoredFile

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


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
        return engine.frame([], texts | {"_is_well_formed": "boolean"})
    first, *others = frames
    for frame in others:
        first = first.unionByName(frame)
    return first
