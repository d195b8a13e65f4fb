"""JSON as delivered: an object a line, or an array or a run of objects, pretty-printed or not."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from salesetl import columns
from salesetl.characters import is_plain
from salesetl.engines import functions as F
from salesetl.engines.base import Engine
from salesetl.quality import KEY_ONCE, OWN_KIND, WELL_FORMED
from salesetl.readers.documents import is_across_lines, objects_of
from salesetl.readers.files import find_files, look_at
from salesetl.readers.rows import RawRows, in_one
from salesetl.schemas.table import Table
from salesetl.schemas.types import T
from salesetl.storage import join, storage_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

logger = logging.getLogger(__name__)

_FAULT = (
    f"case when not _is_well_formed then '{WELL_FORMED.name}'"
    f" when _has_other_kind then '{OWN_KIND.name}'"
    f" when _has_key_twice then '{KEY_ONCE.name}' else '' end"
)


def read_json(
    engine: Engine,
    path: str,
    table: Table,
    staging: str,
    *,
    allow_empty: bool = False,
) -> RawRows:
    """Read every object of every file below `path`, each contract column as text.

    A file that is an array or spans objects over lines is first written to `staging` with an
    object a line. A file that is neither is read by line, and its broken lines are malformed.
    InputError names a file that is a broken array, or no JSON.
    """
    files = find_files(path, allow_empty=allow_empty)
    by_line = [file.path for file in files]
    frames = []
    for number, (file, is_across) in enumerate(look_at(files, is_across_lines)):
        objects = objects_of(file) if is_across else None
        if objects is not None:
            logger.info(
                "%s holds %d JSON objects across lines", file.path, len(objects)
            )
            by_line.remove(file.path)
            lines = join(staging, f"{number}.ndjson")
            storage_of(lines).write(lines, "\n".join(objects).encode())
            frames.append(
                _read_lines(engine, [lines], table).withColumn(
                    "_source_file", F.lit(file.path)
                )
            )
    if by_line:
        frames.append(_read_lines(engine, by_line, table))
    return RawRows(in_one(engine, frames, table), files, [])


def _read_lines(engine: Engine, paths: list[str], table: Table) -> DataFrame:
    lines = engine.read_json_lines(paths, table.schema, is_ordered=table.last_line_wins)
    return lines.select(
        *(F.expr(_plain(field)).alias(field.name) for field in table.schema),
        F.col("_record").alias("_raw_record"),
        F.expr("cast(null as string)").alias("_source_header"),
        "_source_file",
        "_place",
        F.expr(_FAULT).alias("_fault"),
        F.expr(is_plain("_record")).alias("_is_plain"),
        "_names",
    )


def _plain(field: T.StructField, owner: str = "") -> str:
    """SQL for the text of a value; of a number without the exponent that a reader may give it."""
    text = f"{owner}`{field.name}`"
    match field.dataType:
        case T.ArrayType():
            return columns.structs(field, _plain)
        case T.DecimalType() | T.IntegerType():
            return columns.plain_number(text)
        case _:
            return text
