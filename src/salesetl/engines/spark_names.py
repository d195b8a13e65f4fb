"""File names that Spark ignores silently, and how to read such files."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping, Sequence

from pyspark.sql import DataFrame
from pyspark.sql import functions as F

from salesetl.storage import is_local, join, storage_of


class ReadableNames:
    """Gives files other names, below a folder, if Spark ignores their own names."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._numbers = itertools.count()

    def of(self, paths: Sequence[str]) -> dict[str, str]:
        """Map a path that Spark reads to each delivered path."""
        return {self._readable(path): path for path in paths}

    def _readable(self, path: str) -> str:
        name = path.rpartition("/")[2]
        if not _is_passed_over(name):
            return path
        # How a file is packed, its name tells; the rest of it is of no use here.
        end = ".gz" if name.endswith(".gz") else ""
        other = join(self._folder, f"{next(self._numbers)}{end}")
        if is_local(path) and is_local(other):
            os.makedirs(self._folder, exist_ok=True)
            os.symlink(path, other)
        else:
            storage_of(other).write(other, storage_of(path).read(path))
        return other


def with_own_names(rows: DataFrame, names: Mapping[str, str]) -> DataFrame:
    """Give rows the path of their file as it was delivered."""
    source = F.col("_source_file")
    others = {other: path for other, path in names.items() if other != path}
    for other, path in others.items():
        is_other = F.col("_source_file") == other
        source = F.when(is_other, F.lit(path)).otherwise(source)
    return rows.withColumn("_source_file", source) if others else rows


def _is_passed_over(name: str) -> bool:
    """Tell whether Spark takes a name for that of a file which is none, or not yet, of data."""
    is_mark = name.startswith("_") and "=" not in name
    return is_mark or name.startswith(".") or name.endswith("._COPYING_")
