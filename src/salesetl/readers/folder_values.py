"""Fills columns whose value is in the path of a file, such as the day of its delivery."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from salesetl.errors import InputError
from salesetl.model.table import Table
from salesetl.model.types import T
from salesetl.parsing import text_literal

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


def with_folder_values(
    rows: DataFrame, table: Table, paths: Iterable[str], given: Mapping[str, Any]
) -> DataFrame:
    """Fill the columns of a contract that are in the paths of files, as text.

    `given` are the values that override those of the paths. InputError names the first of `paths`
    that has no value.
    """
    for name, folder in table.folders.items():
        if value := given.get(name):
            rows = rows.withColumn(name, F.lit(str(value)))
            continue
        for path in sorted(paths):
            _check(path, table.field(name), folder)
        pattern = text_literal(_pattern(folder))
        text = f"nullif(regexp_extract(_source_file, {pattern}, 1), '')"
        rows = rows.withColumn(name, F.expr(text))
    if any(table.types[name] == "string" for name in table.folders):
        # What a path holds, the record does not tell.
        rows = rows.withColumn("_is_plain", F.lit(False))
    return rows


def _pattern(folder: str) -> str:
    return f"/{re.escape(folder)}=([^/]+)/"


def _check(path: str, field: T.StructField, folder: str) -> None:
    found = re.search(_pattern(folder), path)
    if not found:
        raise InputError(
            f"{path}: is in no folder {folder}=…; move it into one, or pass --{field.name}"
        )
    if isinstance(field.dataType, T.DateType):
        try:
            date.fromisoformat(found[1])
        except ValueError:
            raise InputError(
                f"{path}: its folder {folder}={found[1]} names no date; name it like"
                f" {folder}=2025-01-31, or pass --{field.name}"
            ) from None
