"""Reads JSON: one object a line, an array, or objects across lines."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from salesetl import parsing
from salesetl.engines.engine import Engine
from salesetl.mapping.profile import Profile
from salesetl.mapping.sections import ListProfile
from salesetl.model.shapes import flat
from salesetl.model.source import Json
from salesetl.model.table import Table, item_fields
from salesetl.model.types import T
from salesetl.quality.judging import KEY_ONCE, OWN_KIND, WELL_FORMED
from salesetl.readers.documents import objects_of
from salesetl.readers.files import find_files, look_at
from salesetl.readers.looking import look_into
from salesetl.readers.profiled_json import read_profiled_json
from salesetl.readers.raw_rows import LINEAGE, RawRows, in_one, with_file_names
from salesetl.readers.unpacked_files import Unpacked, content_path, delivered_names
from salesetl.storage import StoredFile, join, storage_of

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

logger = logging.getLogger(__name__)

# Stands for the items of a list in the path of a value.
_ITEM = ".*."

_FAULT = (
    f"case when not _is_well_formed then '{WELL_FORMED.name}'"
    f" when _has_other_kind then '{OWN_KIND.name}'"
    f" when _has_key_twice then '{KEY_ONCE.name}' else '' end"
)


def read_json(
    engine: Engine,
    path: str,
    table: Table,
    reader: Json,
    staging: str,
    *,
    profile: Profile = Profile(),
    allow_empty: bool = False,
) -> RawRows:
    """Read every object of every file below `path`, each contract column as text.

    A file that is an array or spans objects over lines is first written to `staging` with an
    object a line; so is one that is packed. A file that is neither is read by line, and its broken
    lines are malformed. InputError names a file that is a broken array, or no JSON.
    """
    files = find_files(path, allow_empty=allow_empty)
    looked = look_at(files, lambda file: look_into(file, staging))
    objects = [(file, bool(is_across)) for _, (file, is_across) in looked]
    return read_objects(engine, objects, table, reader, staging, profile=profile)


def read_objects(
    engine: Engine,
    files: Sequence[tuple[StoredFile, bool]],
    table: Table,
    reader: Json,
    staging: str,
    *,
    profile: Profile,
) -> RawRows:
    """Read every object of some files, of which it is known whether they may span lines."""
    if profile != Profile():
        defaults = delivered_paths(engine, reader), delivered_lists(engine, reader)
        return read_profiled_json(engine, files, table, profile, *defaults, staging)
    paths: list[str] = []
    names = delivered_names(file for file, _ in files)
    for number, (file, is_across) in enumerate(files):
        objects = objects_of(file) if is_across else None
        if objects is None:
            paths.append(content_path(file))
            continue
        logger.info("%s holds %d JSON objects across lines", file.path, len(objects))
        lines = join(staging, f"{number}.ndjson")
        storage_of(lines).write(lines, "\n".join(objects).encode())
        paths.append(lines)
        names[lines] = file.path
    # All files in one frame: a plan of hundreds of frames takes minutes to make.
    frames = []
    if paths:
        frame = _read_lines(engine, paths, table, reader)
        frames.append(with_file_names(engine, frame, names))
    unpacked = {file.path: file for file, _ in files if isinstance(file, Unpacked)}
    found = [file for file, _ in files]
    return RawRows(in_one(engine, frames, table), found, [], unpacked=unpacked)


def delivered_paths(engine: Engine, reader: Json) -> dict[str, str]:
    """Map each column of the contract to its path in an object, such as `customer.country`."""
    row = _paths_by_column(engine, reader)
    return {name: path for name, path in row.items() if isinstance(path, str)}


def delivered_lists(engine: Engine, reader: Json) -> dict[str, ListProfile]:
    """Tell where each list of the contract is in an object, and what is where in its items."""
    lists = {}
    for name, value in _paths_by_column(engine, reader).items():
        if isinstance(value, list):
            # Spark has rows in rows.
            item = value[0].asDict() if hasattr(value[0], "asDict") else value[0]
            split = {inner: path.split(_ITEM) for inner, path in item.items()}
            [path] = {path for path, _ in split.values()}
            columns = {inner: within for inner, (_, within) in split.items()}
            lists[name] = ListProfile(path, columns)
    return lists


def _paths_by_column(engine: Engine, reader: Json) -> dict[str, Any]:
    """Return the path of each column of the contract, and for lists those of all their values."""

    def path_of(field: T.StructField, path: str) -> str:
        # Each value is its own path, which flattening then brings to a column.
        if items := item_fields(field):
            return f"array({_struct(items, f'{path}.*', path_of)})"
        return f"'{path}'"

    told = engine.frame([(1,)], {"_row": "int"}).select(
        *_nested(reader.delivered, path_of)
    )
    flattened = reader.flatten(told) if reader.flatten else told
    [row] = engine.rows(flattened)
    return row


def _read_lines(
    engine: Engine, paths: list[str], table: Table, reader: Json
) -> DataFrame:
    lines = engine.read_json_lines(
        paths, flat(reader.delivered), is_ordered=table.is_ordered
    )
    rows = lines.select(
        *_nested(reader.delivered, lambda field, path: _plain(field, f"`{path}`")),
        F.col("_record").alias("_raw_record"),
        F.expr("cast(null as string)").alias("_source_header"),
        "_source_file",
        "_place",
        F.expr(_FAULT).alias("_fault"),
        "_is_plain",
        "_names",
    )
    flattened = reader.flatten(rows) if reader.flatten else rows
    made = {name: F.lit(None).cast("string") for name in sorted(table.made_columns)}
    return flattened.withColumns(made).select(*table.columns, *LINEAGE)


def _nested(
    schema: T.StructType, value: Callable[[T.StructField, str], str]
) -> list[Column]:
    """Return the columns of a shape, each made of `value` of a field and its path."""

    return [
        F.expr(_of_shape(field, field.name, value)).alias(field.name)
        for field in schema
    ]


def _of_shape(
    field: T.StructField, path: str, value: Callable[[T.StructField, str], str]
) -> str:
    """SQL for a value, or for an object of values with their paths."""
    if isinstance(field.dataType, T.StructType):
        return _struct(field.dataType.fields, path, value)
    return value(field, path)


def _struct(
    fields: Sequence[T.StructField],
    path: str,
    value: Callable[[T.StructField, str], str],
) -> str:
    inner = (
        f"'{each.name}', {_of_shape(each, '.'.join(filter(None, (path, each.name))), value)}"
        for each in fields
    )
    return f"named_struct({', '.join(inner)})"


def _plain(field: T.StructField, text: str) -> str:
    """SQL for the text of a value; of a number without the exponent that a reader may give it."""
    match field.dataType:
        case T.ArrayType():
            item = _struct(
                item_fields(field),
                "",
                lambda each, path: _plain(each, f"item.`{path}`"),
            )
            return f"transform({text}, item -> {item})"
        case T.DecimalType() | T.IntegerType():
            return parsing.plain_number(text)
        case _:
            return text
