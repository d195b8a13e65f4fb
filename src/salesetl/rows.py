"""Reads rows of a published table without an engine, to show them."""

import io
from datetime import date
from typing import Any
from urllib.parse import unquote

from salesetl.errors import InputError, SetupError
from salesetl.model.table import Table
from salesetl.model.types import T
from salesetl.storage import Storage, join, parquet_files


def read_rows(
    storage: Storage, root: str, table: Table, folder: str = ""
) -> list[dict[str, Any]]:
    """Return the rows of a table, or of one of its partitions; InputError if it does not exist."""
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise SetupError(
            "reading Parquet needs pyarrow: pip install pyarrow"
        ) from error
    files = parquet_files(root, storage.files(join(root, folder) if folder else root))
    if not files and not folder:
        raise InputError(f"{root}: there is no table; check --output_path")
    rows: list[dict[str, Any]] = []
    for file in files:
        folder = file.path.removeprefix(f"{root}/").rpartition("/")[0]
        values = folder_values(table, folder)
        content = (
            ParquetFile(io.BytesIO(storage.read(file.path)))
            .read(use_threads=False)
            .to_pylist()
        )
        rows += [{**row, **values} for row in content]
    return rows


def count_rows(storage: Storage, root: str, folder: str) -> int:
    """Count the rows of a partition of a table; 0 if it does not exist."""
    from pyarrow.parquet import ParquetFile

    return sum(
        ParquetFile(io.BytesIO(storage.read(file.path))).metadata.num_rows
        for file in parquet_files(root, storage.files(join(root, folder)))
    )


def folder_values(table: Table, folder: str) -> dict[str, int | date | str]:
    """Return the values of partition columns of a folder such as `year=2025/month=9`."""
    texts = dict(part.split("=", 1) for part in folder.split("/") if part)
    return {
        name: _value(table.field(name).dataType, unquote(text))
        for name, text in texts.items()
    }


def _value(data_type: T.DataType, text: str) -> int | date | str:
    match data_type:
        case T.IntegerType():
            return int(text)
        case T.DateType():
            return date.fromisoformat(text)
        case _:
            return text
