"""Reads the columns of a Parquet file from its footer."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from salesetl.errors import InputError
from salesetl.storage import StoredFile, storage_of

if TYPE_CHECKING:
    from pyarrow import DataType

# More than most footers have; a longer one takes a second look.
_FOOTER_BYTES = 64 * 1024
# The length of the footer, and the mark of Parquet.
_TAIL_BYTES = 8
_TYPES = {
    "bool": "boolean",
    "date32[day]": "date",
    "int32": "int",
    "int64": "bigint",
    "large_string": "string",
    "string_view": "string",
}


def columns_in(file: StoredFile) -> list[tuple[str, str]]:
    """Return the columns of a Parquet file, with their types as Spark writes them.

    A type that salesetl does not write is named as Arrow does. InputError if there is no footer.
    """
    from pyarrow.parquet import read_schema

    footer = _footer(file)
    try:
        schema = read_schema(io.BytesIO(footer))
        return [(field.name, _spark_type(field.type)) for field in schema]
    except (ValueError, NotImplementedError, OSError) as error:
        raise InputError(f"{file.path}: is not Parquet, or is damaged") from error


def text_range(file: StoredFile, column: str) -> tuple[str, str] | None:
    """Return bounds of the texts of a column of a Parquet file; None if its footer has none."""
    from pyarrow.parquet import read_metadata

    try:
        footer = read_metadata(io.BytesIO(_footer(file)))
    except (ValueError, NotImplementedError, OSError):
        return None
    names = footer.schema.names
    if column not in names:
        return None
    place = names.index(column)
    bounds: list[str] = []
    for group in range(footer.num_row_groups):
        found = footer.row_group(group).column(place).statistics
        if not (found and found.has_min_max and isinstance(found.min, str)):
            return None
        bounds += [found.min, found.max]
    return (min(bounds), max(bounds)) if bounds else None


def _footer(file: StoredFile) -> bytes:
    if not file.size:
        # S3 refuses to give the end of nothing.
        return b""
    storage = storage_of(file.path)
    end = storage.read_end(file.path, _FOOTER_BYTES)
    length = int.from_bytes(end[-_TAIL_BYTES:-4], "little") + _TAIL_BYTES
    if len(end) < length <= file.size:
        return storage.read_end(file.path, length)
    return end


def _spark_type(data_type: DataType) -> str:
    from pyarrow import types

    if types.is_list(data_type) or types.is_large_list(data_type):
        return f"array<{_spark_type(data_type.value_type)}>"
    if types.is_dictionary(data_type):
        return _spark_type(data_type.value_type)
    if types.is_decimal(data_type):
        return f"decimal({data_type.precision},{data_type.scale})"
    if types.is_timestamp(data_type) and data_type.unit == "us" and data_type.tz:
        # The zone is only for showing it: what is in the file is in UTC.
        return "timestamp"
    return _TYPES.get(str(data_type), str(data_type))
