"""Files of a lake on S3 into Redshift by COPY, and back by UNLOAD."""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from salesetl.errors import InputError
from salesetl.model.table import Table
from salesetl.storage import StoredFile, join, storage_of
from salesetl.warehouses.dialects import REDSHIFT
from salesetl.warehouses.lake_on_s3 import quoted, s3_url
from salesetl.warehouses.parts import Part, value_sql
from salesetl.warehouses.unloaded_files import file_for, schema_of

# One file, as large as Redshift writes them.
_UNLOADED = "format as parquet parallel off maxfilesize 6200 mb"


class RedshiftConnection:
    """One connection to Redshift, in a transaction until it is committed or closed."""

    def __init__(self, opened: Any, iam_role: str | None) -> None:
        self._opened = opened
        self._role = f"iam_role {quoted(iam_role) if iam_role else 'default'}"

    def commit(self) -> None:
        """Let others see what was done."""
        self._opened.commit()

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement, and return its rows."""
        cursor = self._opened.cursor()
        # In the usual style a percent sign would begin a parameter, also within a text.
        cursor.paramstyle = "qmark"
        cursor.execute(statement)
        return [tuple(row) for row in cursor.fetchall()] if cursor.description else []

    def columns(self, name: str) -> dict[str, str]:
        """Return the types of the columns of `schema.table`."""
        schema, table = name.split(".")
        rows = self.execute(
            "select column_name, data_type, character_maximum_length, numeric_precision,"
            " numeric_scale from information_schema.columns"
            f" where table_schema = '{schema}' and table_name = '{table}'"
            " order by ordinal_position"
        )
        return {column: _kind(*about) for column, *about in rows}

    def copy(self, part: Part, name: str) -> None:
        """Add the rows of a partition.

        COPY takes columns by their place and wants all of the file, which has none of the folder's:
        so rows go through a table that has the columns of the files.
        """
        table = part.table
        for columns, files in _by_columns(part.files):
            made = ", ".join(
                f"{column} {REDSHIFT.type_of(table.field(column).dataType)}"
                for column in columns
            )
            values = part.values
            targets = ", ".join([*columns, *values])
            selected = ", ".join([*columns, *map(value_sql, values.values())])
            self.execute(f"create temporary table _part ({made})")
            with _manifest(table, files) as manifest:
                self.execute(
                    f"copy _part from {quoted(manifest)} {self._role} format as parquet manifest"
                )
            self.execute(f"insert into {name} ({targets}) select {selected} from _part")
            self.execute("drop table _part")

    def unload(self, name: str, target: str) -> None:
        """Write the rows as Parquet, by Redshift itself, beside the file that they replace."""
        storage = storage_of(target)
        aside = join(target.rpartition("/")[0], f"_unload-{uuid.uuid4().hex[:12]}")
        query, prefix = f"select * from {name}", _s3(join(aside, "rows-"))
        self.execute(
            f"unload ({quoted(query)}) to {quoted(prefix)} {self._role} {_UNLOADED}"
        )
        try:
            files = storage.files(aside)
            if len(files) > 1:
                raise InputError(
                    f"{name}: has more rows than Redshift writes into one file of 6.2 GB; unload it"
                    " by a query of your own"
                )
            if files:
                storage.move([(files[0].path, target)])
            else:
                self._write_empty(name, target)
        finally:
            storage.delete(aside)

    def _write_empty(self, name: str, target: str) -> None:
        from pyarrow import parquet

        with file_for(target) as file:
            parquet.write_table(schema_of(name, self.columns(name)).empty_table(), file)


def _by_columns(
    files: Iterable[StoredFile],
) -> Iterator[tuple[list[str], list[StoredFile]]]:
    """Group files by their columns: a file of an earlier contract may have fewer."""
    from pyarrow.parquet import read_schema

    def columns_of(file: StoredFile) -> list[str]:
        content = io.BytesIO(storage_of(file.path).read(file.path))
        return list(read_schema(content).names)

    known = sorted(
        ((columns_of(file), file) for file in files), key=lambda each: each[0]
    )
    for columns, found in groupby(known, lambda each: each[0]):
        yield columns, [file for _, file in found]


@contextmanager
def _manifest(table: Table, files: list[StoredFile]) -> Iterator[str]:
    """Write a list of files for COPY into a folder that no reader looks into; its path on S3."""
    root = files[0].path.rpartition(f"/{table.folder}/")[0]
    path = join(root, table.namespace, "_warehouse", f"{uuid.uuid4().hex}.json")
    entries = [
        {
            "url": _s3(file.path),
            "mandatory": True,
            "meta": {"content_length": file.size},
        }
        for file in files
    ]
    location = _s3(path)
    storage = storage_of(path)
    storage.write(path, json.dumps({"entries": entries}).encode())
    try:
        yield location
    finally:
        storage.delete(path)


def _s3(path: str) -> str:
    return s3_url(
        path,
        "Redshift reads and writes S3 only; copy the lake there, and name it in --output_path",
    )


def _kind(shown: str, length: int | None, digits: int | None, scale: int | None) -> str:
    """Write a type that Redshift shows as the dialect does."""
    if shown == "numeric":
        return f"decimal({digits},{scale})"
    if shown == "character varying":
        return f"varchar({length})" if length else "varchar"
    return "timestamp" if shown == "timestamp without time zone" else shown
