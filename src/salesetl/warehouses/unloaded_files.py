"""Files that are written on this machine first, and then put into a lake whole."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesetl.errors import InputError
from salesetl.storage import storage_of

if TYPE_CHECKING:
    import pyarrow

_ROWS_AT_ONCE = 100_000


@contextmanager
def file_for(target: str) -> Iterator[str]:
    """Give a path to write to; the file takes the place of `target` when the block is done."""
    with tempfile.TemporaryDirectory(prefix="salesetl-unload-") as folder:
        file = str(Path(folder) / "rows.parquet")
        yield file
        storage_of(target).upload(file, target)


def schema_of(table: str, columns: Mapping[str, str]) -> pyarrow.Schema:
    """Return the columns of a table, with their types in a dialect, as Arrow has them.

    InputError names a column of another type, which a model of the user's own may have.
    """
    import pyarrow

    types = {name: _arrow_type(kind) for name, kind in columns.items()}
    for name, data_type in types.items():
        if data_type is None:
            raise InputError(
                f"{table}: {name} is of type {columns[name]}, which cannot be unloaded; cast it to"
                " a decimal, a whole number, a text or a date in its model"
            )
    return pyarrow.schema(list(types.items()))


def write_rows(
    file: str, schema: pyarrow.Schema, fetch: Callable[[int], Sequence[Sequence[Any]]]
) -> None:
    """Write rows to a Parquet file, some at a time, until `fetch` has no more."""
    import pyarrow
    from pyarrow.parquet import ParquetWriter

    with ParquetWriter(file, schema, compression="snappy") as writer:
        while rows := fetch(_ROWS_AT_ONCE):
            columns = [
                pyarrow.array(values, field.type)
                for values, field in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            writer.write_table(pyarrow.Table.from_arrays(columns, schema=schema))


def _arrow_type(named: str) -> Any:
    """Return the type of Arrow for one as a dialect writes it; None if there is none."""
    import pyarrow

    if number := re.fullmatch(r"decimal\((\d+),(\d+)\)", named):
        return pyarrow.decimal128(int(number[1]), int(number[2]))
    if re.fullmatch(r"(varchar|character|char|text)(\(\d+\))?", named):
        return pyarrow.string()
    types = {
        "bigint": pyarrow.int64(),
        "boolean": pyarrow.bool_(),
        "date": pyarrow.date32(),
        "integer": pyarrow.int32(),
        "smallint": pyarrow.int16(),
        "timestamp": pyarrow.timestamp("us"),
        "timestamp_ntz": pyarrow.timestamp("us"),
    }
    return types.get(named)
