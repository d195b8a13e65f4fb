"""JSON as delivered: an object a line, or an array or a run of objects, pretty-printed or not."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

from salesetl import columns
from salesetl.engines import functions as F
from salesetl.engines.base import Engine
from salesetl.readers.files import find_files, read_head, read_whole
from salesetl.readers.rows import RawRows, in_one
from salesetl.schemas.table import Table
from salesetl.schemas.types import T
from salesetl.storage import StoredFile, join, storage_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

logger = logging.getLogger(__name__)


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
    """
    files = find_files(path, allow_empty=allow_empty)
    by_line = [file.path for file in files]
    frames = []
    for number, file in enumerate(files):
        objects = _objects_across_lines(file)
        if objects is not None:
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
    return engine.read_json_lines(paths, table.schema).select(
        *(F.expr(_plain(field)).alias(field.name) for field in table.schema),
        F.col("_record").alias("_raw_record"),
        F.expr("cast(null as string)").alias("_source_header"),
        "_source_file",
        "_is_well_formed",
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


def _objects_across_lines(file: StoredFile) -> list[str] | None:
    """Return the objects of a file as a line each, or None if it has a line for each already."""
    head = read_head(file, "UTF-8")[0].lstrip()
    first_line = head.partition("\n")[0]
    if not head.startswith("[") and _is_json(first_line):
        return None
    text = read_whole(file).decode(errors="replace").strip()
    documents = _documents(text)
    if documents is None:
        return None
    logger.info("%s holds %d JSON objects across lines", file.path, len(documents))
    return documents


def _documents(text: str) -> list[str] | None:
    """Split an array, or objects one after the other, into objects without line breaks."""
    closing = "]" if text.startswith("[") else ""
    between = " \t\r\n," if closing else " \t\r\n"
    position, end = len(closing), len(text) - len(closing)
    if not text.endswith(closing):
        return None
    decoder = json.JSONDecoder()
    documents: list[str] = []
    while True:
        while position < end and text[position] in between:
            position += 1
        if position >= end:
            return documents
        try:
            _, after = decoder.raw_decode(text, position)
        except (json.JSONDecodeError, RecursionError):
            return None
        # Within a JSON text a line break stands only between tokens.
        documents.append(text[position:after].replace("\r", " ").replace("\n", " "))
        position = after


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return False
    return True
