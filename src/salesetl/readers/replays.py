"""Remembers the first file of records that are replayed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from salesetl.engines.engine import Engine
from salesetl.readers.globs import glob_root
from salesetl.readers.raw_rows import with_file_names
from salesetl.storage import join, normalized, storage_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Its name is one that no reader takes for data.
_FIRST_FILES = "_first_files.json"


def remember_first_files(folder: str, first_files: Mapping[str, str]) -> None:
    """Write beside files of records which files they were delivered in."""
    content = json.dumps(first_files, indent=2, ensure_ascii=False)
    storage_of(folder).write(join(folder, _FIRST_FILES), content.encode())


def with_first_files(engine: Engine, rows: DataFrame, path: str) -> DataFrame:
    """Give replayed rows the path of the file in which they were first delivered.

    So they keep their version: a newer one that was published meanwhile stays.
    """
    folder = glob_root(normalized(path))
    remembered = join(folder, _FIRST_FILES)
    storage = storage_of(folder)
    if not storage.files(remembered):
        return rows
    first_files = json.loads(storage.read(remembered))
    names = {join(folder, name): first for name, first in first_files.items()}
    return with_file_names(engine, rows, names)
