"""Reads a source of flat objects that may be delivered as tables too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from salesetl.engines.engine import Engine
from salesetl.errors import InputError
from salesetl.mapping.profile import Profile
from salesetl.model.source import Json
from salesetl.model.table import Table
from salesetl.readers.files import look_at
from salesetl.readers.json import read_objects
from salesetl.readers.looking import look_into
from salesetl.readers.raw_rows import RawRows, in_one
from salesetl.storage import StoredFile


def read_objects_or_tables(
    engine: Engine,
    files: list[StoredFile],
    table: Table,
    reader: Json,
    staging: str,
    *,
    profile: Profile,
    read_tables: Callable[[list[StoredFile]], RawRows],
) -> RawRows:
    """Read every object and every row of some files.

    Where objects are flat, workbooks and delimited text are for `read_tables`.
    """
    of_table = profile if reader.flatten is None else None
    objects, tables = [], []
    for delivered, (file, is_across) in look_at(
        files, lambda file: look_into(file, staging, of_table)
    ):
        if is_across is None:
            tables.append(delivered)
        else:
            objects.append((file, is_across))
    if objects and (profile.lookup or profile.fill_down):
        raise InputError(
            f"{objects[0][0].path}: is JSON, but [lookup] and [fill_down] of its source profile"
            " are for tables; leave them out, or deliver CSV"
        )
    if not tables:
        raw = read_objects(engine, objects, table, reader, staging, profile=profile)
        return replace(raw, files=files)
    rows = read_tables(tables)
    if not objects:
        return rows
    raw = read_objects(engine, objects, table, reader, staging, profile=profile)
    return replace(
        rows,
        frame=in_one(engine, [rows.frame, raw.frame], table),
        files=files,
        delivered=raw.delivered,
        unpacked=raw.unpacked | rows.unpacked,
    )
