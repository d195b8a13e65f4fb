"""Reads the files of the look-ups of a source profile."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from salesetl.characters import trimmed
from salesetl.engines.engine import Engine
from salesetl.errors import InputError
from salesetl.mapping.profile import Profile
from salesetl.mapping.sections import Lookup
from salesetl.mapping.text_layout import TextLayout
from salesetl.model.table import Table, column
from salesetl.model.types import T
from salesetl.readers.csv import read_delimited
from salesetl.readers.files import find_files
from salesetl.readers.lookup_rows import LookupRows
from salesetl.readers.raw_rows import RawRows
from salesetl.readers.unpacking import local_content
from salesetl.storage import StoredFile, join

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

_PART_BYTES = 1024 * 1024


@dataclass(frozen=True)
class _LookupProfile(Profile):
    """The profile of the files of a look-up."""

    entry: str = ""

    def entry_of(self, name: str) -> str | None:
        """Return the entry of the look-up that names a column."""
        return f"{self.entry}.{'key' if name == self.columns['_key'] else 'columns'}"

    def unknown(self, header: Sequence[str], table: Table) -> list[str]:
        """Return nothing: a look-up has columns that are of no use here."""
        return []


def read_lookups(
    engine: Engine, lookups: Mapping[str, Lookup], nulls: tuple[str, ...], folder: str
) -> list[LookupRows]:
    """Read each look-up, and keep its rows below a folder.

    InputError if a file lacks a column, or if a key has several values.
    """
    return [
        _read(engine, name, lookup, nulls, join(folder, name))
        for name, lookup in lookups.items()
    ]


def _read(
    engine: Engine, name: str, lookup: Lookup, nulls: tuple[str, ...], folder: str
) -> LookupRows:
    columns = {"_key": lookup.key}
    columns |= {f"_value_{place}": own for place, own in enumerate(lookup.columns)}
    schema = T.StructType(
        [column(each, T.StringType(), own) for each, own in columns.items()]
    )
    table = Table(name=name, grain="one row of a look-up", schema=schema, key=("_key",))
    layout = {each.name: getattr(lookup, each.name) for each in fields(TextLayout)}
    profile = _LookupProfile(
        **layout, columns=columns, nulls=nulls, entry=f"lookup.{name}"
    )
    files = find_files(lookup.path)
    raw = read_delimited(
        engine,
        files,
        table,
        join(folder, "unpacked"),
        profile=profile,
        unknown_columns="ignore",
        multiline="auto",
    )
    rows = _distinct(raw, table)
    kept = engine.checkpoint(rows, join(folder, "rows"))
    _check_keys(engine, kept, name, lookup)
    [counted] = engine.rows(kept.agg(F.count("*").alias("keys")))
    [broken] = engine.rows(
        raw.frame.where("_fault <> ''").agg(F.count("*").alias("rows"))
    )
    facts = {
        "keys": counted["keys"],
        "malformed_rows": broken["rows"],
        "files": [{"path": file.path, "sha256": _digest(file)} for file in files],
    }
    return LookupRows(name, lookup, kept, facts)


def _distinct(raw: RawRows, table: Table) -> DataFrame:
    texts = (F.expr(trimmed(f"`{name}`")).alias(name) for name in table.columns)
    sound = raw.frame.where("_fault = ''").select(*texts)
    return sound.where("_key is not null").distinct()


def _check_keys(engine: Engine, rows: DataFrame, name: str, lookup: Lookup) -> None:
    several = rows.groupBy("_key").agg(F.count("*").alias("_rows")).where("_rows > 1")
    [found] = engine.rows(several.agg(F.count("*").alias("keys")))
    if found["keys"]:
        raise InputError(
            f"{lookup.path}: lookup.{name} has {found['keys']:,} values of {lookup.key!r} more than"
            f" once with different {', '.join(lookup.columns)}; deliver each once, or name another"
            " key or other columns"
        )


def _digest(file: StoredFile) -> str:
    digest = hashlib.sha256()
    with local_content(file.path) as path, open(path, "rb") as content:
        while part := content.read(_PART_BYTES):
            digest.update(part)
    return digest.hexdigest()
