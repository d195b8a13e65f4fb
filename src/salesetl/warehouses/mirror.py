"""Keeps the staging schema of a warehouse a copy of the tables of a lake."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from salesetl.errors import BooksError, InputError
from salesetl.model.pipeline import Pipeline
from salesetl.model.table import Table
from salesetl.money import NOTHING
from salesetl.parsing import text_literal
from salesetl.runs import timestamp_text
from salesetl.warehouses.dialects import Dialect, staging_schema, staging_table
from salesetl.warehouses.parts import Books, Part, condition_of
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

    InputError if a column has another type than that of its contract.
    """
    schema = staging_schema(pipeline.name)
    connection.execute(f"create schema if not exists {schema}")
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
        missing = [each for each in table.schema if each.name not in present]
        for each in missing:
            connection.execute(
                f"alter table {name} add column {each.name} {dialect.type_of(each.dataType)}"
            )
        if list(present) != table.columns[: len(present)]:
            raise InputError(
                f"{name}: has the columns {', '.join(present)}, but the contract has"
                f" {', '.join(table.columns)}; drop the schema {schema}, then load again"
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
                f"delete from {ledger} where table_name = {text_literal(change.table.name)}"
                f" and folder = {text_literal(folder)}"
            )
        for part in change.parts:
            connection.copy(part, name)
        books = {part.folder: part.books() for part in change.parts}
        if books:
            _reconcile(connection, change.table, books)
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
                text_literal(value) if isinstance(value, str) else str(value)
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


def _reconcile(connection: Connection, table: Table, due: Mapping[str, Books]) -> None:
    """Compare the copy of some partitions with what the runs have written."""
    found = books_of(connection, table, staging_table(table))
    for folder, books in due.items():
        own = found.get(folder, Books(0, {}))
        if not same_books(own, books):
            where = f" in {folder}" if folder else ""
            raise BooksError(
                f"{staging_table(table)}: has {own.text()}{where}, but the runs of the lake have"
                f" written {books.text()}; nothing was loaded"
            )


def same_books(one: Books, other: Books) -> bool:
    """Tell whether rows and sums are the same; no sum is a sum of nothing."""

    def sums(books: Books) -> dict[tuple[str, str], str]:
        return {
            (name, currency): amount
            for name, found in books.sums.items()
            for currency, amount in found.items()
            if amount != NOTHING
        }

    return one.rows == other.rows and sums(one) == sums(other)


def books_of(connection: Connection, table: Table, name: str) -> dict[str, Books]:
    """Count the rows of a copy and sum its amounts by partition, named by its folder."""
    currency = table.currency or "cast(null as varchar)"
    groups = [*table.partition_by, currency]
    sums = [
        f"cast(cast(sum({each}) as decimal(38, 2)) as varchar)"
        for each in table.amounts
    ]
    query = (
        f"select {', '.join([*groups, 'count(*)', *sums])} from {name}"
        f" group by {', '.join(str(place + 1) for place in range(len(groups)))}"
    )
    width = len(table.partition_by)
    rows: dict[str, int] = {}
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in connection.execute(query):
        folder = "/".join(
            f"{column}={value}"
            for column, value in zip(table.partition_by, row, strict=False)
        )
        rows[folder] = rows.get(folder, 0) + int(row[width + 1])
        by_amount = found.setdefault(folder, {name: {} for name in table.amounts})
        for amount, total in zip(table.amounts, row[width + 2 :], strict=True):
            by_amount[amount][row[width] or ""] = str(total or NOTHING)
    return {folder: Books(rows[folder], found[folder]) for folder in rows}
