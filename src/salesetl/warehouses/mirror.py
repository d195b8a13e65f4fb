"""Keeps the staging schema of a warehouse a copy of the tables of a lake."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from salesetl.errors import InputError
from salesetl.model.pipeline import Pipeline
from salesetl.model.table import Table
from salesetl.runs import timestamp_text
from salesetl.warehouses.dialects import (
    Dialect,
    staging_schema,
    staging_table,
    text_sql,
)
from salesetl.warehouses.parts import Part, condition_of
from salesetl.warehouses.reconciling import reconcile
from salesetl.warehouses.schemas import make_schema
from salesetl.warehouses.warehouse import Connection

logger = logging.getLogger(__name__)

_LEDGER = "_loaded_partitions"
_LEDGER_COLUMNS = (
    "table_name varchar(128) not null",
    "folder varchar(1024) not null",
    "fingerprint varchar(64) not null",
    "row_count bigint not null",
    "amounts varchar(65535) not null",
    "loaded_at varchar(64) not null",
)


@dataclass(frozen=True)
class TableChange:
    """What a load changes in the copy of one table."""

    table: Table
    new: list[Part] = field(default_factory=list)
    changed: list[Part] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    unchanged: int = 0

    @property
    def parts(self) -> list[Part]:
        """The partitions that are copied."""
        return [*self.new, *self.changed]


def changes_of(
    connection: Connection, pipeline: Pipeline, lake: Mapping[str, Mapping[str, Part]]
) -> list[TableChange]:
    """Compare the partitions of a lake, by table and folder, with those that were loaded."""
    loaded = loaded_partitions(connection, pipeline.name)
    changes = []
    for table in pipeline.tables:
        parts, known = lake[table.name], loaded.get(table.name, {})
        same = [
            folder for folder in parts if known.get(folder) == parts[folder].fingerprint
        ]
        changes.append(
            TableChange(
                table,
                new=[part for folder, part in parts.items() if folder not in known],
                changed=[
                    part
                    for folder, part in parts.items()
                    if folder in known and folder not in same
                ],
                gone=[folder for folder in known if folder not in parts],
                unchanged=len(same),
            )
        )
    return changes


def loaded_partitions(
    connection: Connection, namespace: str
) -> dict[str, dict[str, str]]:
    """Return the fingerprints of the partitions that were loaded, by table and folder."""
    name = f"{staging_schema(namespace)}.{_LEDGER}"
    if not connection.columns(name):
        return {}
    found: dict[str, dict[str, str]] = {}
    for table, folder, fingerprint in connection.execute(
        f"select table_name, folder, fingerprint from {name}"
    ):
        found.setdefault(table, {})[folder] = fingerprint
    return found


def prepare(connection: Connection, dialect: Dialect, pipeline: Pipeline) -> None:
    """Make the staging schema and its tables where they are not there, and add new columns.

    InputError if a column has another type than that of its contract, or is none of it.
    """
    schema = staging_schema(pipeline.name)
    make_schema(connection, schema)
    columns = ",\n    ".join(_LEDGER_COLUMNS)
    connection.execute(
        f"create table if not exists {schema}.{_LEDGER} (\n    {columns}\n)"
    )
    for table in pipeline.tables:
        name = staging_table(table)
        present = connection.columns(name)
        if not present:
            connection.execute(dialect.create(table, name))
            continue
        due = {each.name: dialect.type_of(each.dataType) for each in table.schema}
        if differing := {
            column: kind for column, kind in present.items() if due.get(column) != kind
        }:
            told = ", ".join(
                f"{column} {kind} (contract: {due.get(column, 'none')})"
                for column, kind in differing.items()
            )
            raise InputError(
                f"{name}: has {told}; drop the schema {schema} with all in it, then load again"
            )
        for column, kind in due.items():
            if column not in present:
                connection.execute(f"alter table {name} add column {column} {kind}")


def require_loaded(connection: Connection, pipeline: Pipeline) -> None:
    """See that the copies of all tables are there; InputError if not."""
    for table in pipeline.tables:
        if not connection.columns(staging_table(table)):
            raise InputError(
                f"the warehouse has no {staging_table(table)}: run salesetl warehouse load"
                f" {pipeline.name} first"
            )


def apply(
    connection: Connection, pipeline: Pipeline, changes: list[TableChange]
) -> None:
    """Copy what has changed, within the transaction of a connection.

    BooksError if the copy has other rows or amounts than the runs of the lake have written.
    """
    for change in changes:
        name = staging_table(change.table)
        ledger = f"{staging_schema(pipeline.name)}.{_LEDGER}"
        for folder in [*change.gone, *(part.folder for part in change.changed)]:
            connection.execute(
                f"delete from {name} where {condition_of(change.table, folder)}"
            )
            connection.execute(
                f"delete from {ledger} where table_name = {text_sql(change.table.name)}"
                f" and folder = {text_sql(folder)}"
            )
        for part in change.parts:
            connection.copy(part, name)
        books = {part.folder: part.books() for part in change.parts}
        if books:
            reconcile(connection, change.table, books)
        now = timestamp_text(datetime.now(UTC))
        for part in change.parts:
            told = books[part.folder]
            values = (
                change.table.name,
                part.folder,
                part.fingerprint,
                told.rows,
                json.dumps(told.sums),
                now,
            )
            listed = ", ".join(
                text_sql(value) if isinstance(value, str) else str(value)
                for value in values
            )
            connection.execute(f"insert into {ledger} values ({listed})")
        logger.info(
            "%s: %d partitions loaded, %d removed, %d as they are",
            name,
            len(change.parts),
            len(change.gone),
            change.unchanged,
        )
