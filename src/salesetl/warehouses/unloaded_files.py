"""Files that are written on this machine first, and then put into a lake whole."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salesetl.storage import storage_of
from salesetl.warehouses.postgresql_text import arrow_type

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


def schema_of(columns: Mapping[str, str]) -> pyarrow.Schema:
    """Return the columns of a table, with their types in a dialect, as Arrow has them."""
    import pyarrow

    return pyarrow.schema([(name, arrow_type(kind)) for name, kind in columns.items()])


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
