"""Statements by which Snowflake reads the files of a lake itself, from a stage over its root."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from salesetl.storage import join
from salesetl.warehouses.dialects import SNOWFLAKE
from salesetl.warehouses.lake_on_s3 import quoted, s3_url
from salesetl.warehouses.parts import Part

# A text \N may be null, unless the list of what is null is empty.
PARQUET = "file_format = (type = parquet use_logical_type = true null_if = ())"

# It takes no more in one statement.
_FILES_AT_ONCE = 1000
_ELSEWHERE = (
    "a stage is over a lake on S3 only; copy the lake there, and name it in --output_path, or leave"
    " stage out of the URL of Snowflake"
)


def copies(part: Part, name: str, stage: str) -> Iterator[str]:
    """Write the statements that add the rows of a partition to `schema.table`.

    A column that a file does not have yet is null. The values of the partition columns, which no
    file has, are those of its folder. A file that is not there is an error. InputError if the lake
    is not on S3.
    """
    for file in part.files:
        s3_url(file.path, _ELSEWHERE)
    table, values = part.table, part.values
    columns = ", ".join(field.name for field in table.schema)
    selected = ", ".join(
        f"{_value(field.name, values)}::{SNOWFLAKE.type_of(field.dataType)}"
        for field in table.schema
    )
    folders = filter(None, (table.folder, part.folder))
    place = _literal(join(f"@{stage}", *folders, ""))
    for first in range(0, len(part.files), _FILES_AT_ONCE):
        files = part.files[first : first + _FILES_AT_ONCE]
        names = ", ".join(_literal(file.name) for file in files)
        # It remembers for 64 days which files a table has had, and would pass over them. But a
        # partition that has a new file is deleted and copied whole, with those that it had before.
        yield (
            f"copy into {name} ({columns}) from (select {selected} from {place})"
            f" files = ({names}) {PARQUET} on_error = abort_statement force = true"
        )


def _value(column: str, values: dict[str, int | date | str]) -> str:
    """Write where a column comes from: the folder, or the file."""
    return _literal(str(values[column])) if column in values else f'$1:"{column}"'


def _literal(text: str) -> str:
    # A backslash begins an escape. Folders are named as they are: %20 in one is no blank.
    return quoted(text.replace("\\", "\\\\"))
