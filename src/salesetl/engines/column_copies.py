"""Copies some columns of remote Parquet files, and fetches no others."""

from __future__ import annotations

import io
from collections.abc import Collection
from typing import Any

from salesetl.storage import StoredFile, storage_of
from salesetl.storage.disk import written_whole


def copy_columns(file: StoredFile, names: Collection[str], target: str) -> None:
    """Copy some columns of a remote Parquet file to a local file; it may lack some of them.

    One row group of the file is in memory at a time.
    """
    from pyarrow import PythonFile
    from pyarrow.parquet import ParquetFile, ParquetWriter

    with ParquetFile(PythonFile(_Remote(file), mode="r")) as found:
        columns = [name for name in found.schema_arrow.names if name in names]
        schema = found.schema_arrow
        kept = schema.empty_table().select(columns).schema
        with written_whole(target) as content, ParquetWriter(content, kept) as copy:
            for group in range(found.num_row_groups):
                copy.write_table(found.read_row_group(group, columns))


class _Remote(io.RawIOBase):
    """A remote file of which only those parts are fetched that are read."""

    def __init__(self, file: StoredFile) -> None:
        self._storage = storage_of(file.path)
        self._path = file.path
        self._size = file.size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        starts = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}
        self._at = starts[whence] + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._size - self._at)
        if wanted <= 0:
            return 0
        part = self._storage.read_from(self._path, self._at, wanted)
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)
