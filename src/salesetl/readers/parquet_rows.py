"""Reads the rows of a Parquet file as values."""

from collections.abc import Iterator, Sequence
from typing import Any

from salesetl.errors import SetupError

_ROWS_AT_ONCE = 10_000


def parquet_rows(path: str) -> Iterator[Sequence[Any]]:
    """Yield the names of the columns, then the rows, a part of the file after the other."""
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise SetupError("to read Parquet, pip install pyarrow") from error
    with ParquetFile(path) as file:
        yield file.schema_arrow.names
        for batch in file.iter_batches(_ROWS_AT_ONCE):
            yield from zip(*(column.to_pylist() for column in batch.columns))
