"""Publishes what models have built: serving tables change together, or not at all."""

from __future__ import annotations

from dataclasses import dataclass

from salesetl.errors import InputError
from salesetl.warehouses.dialects import build_schema
from salesetl.warehouses.schemas import make_schema
from salesetl.warehouses.warehouse import Connection


@dataclass(frozen=True)
class PublishedTable:
    """A serving table, and how many rows it has now."""

    name: str
    rows: int


def prepare_serving(connection: Connection, namespace: str, tables: list[str]) -> None:
    """Make the serving schema and its tables like those that were built; add new columns.

    InputError if a serving table has a column that is no longer built, or is of another type:
    analysts may use it.
    """
    make_schema(connection, namespace)
    for table in tables:
        name, built = f"{namespace}.{table}", f"{build_schema(namespace)}.{table}"
        present, due = connection.columns(name), connection.columns(built)
        if not present:
            connection.execute(
                f"create table {name} as select * from {built} where false"
            )
            continue
        if differing := {
            column: kind for column, kind in present.items() if due.get(column) != kind
        }:
            told = ", ".join(
                f"{column} {kind} (built: {due.get(column, 'none')})"
                for column, kind in differing.items()
            )
            raise InputError(
                f"{name}: has {told}; nothing was published. Drop or alter these columns, for"
                " analysts may use them, then build again"
            )
        for column, kind in due.items():
            if column not in present:
                connection.execute(f"alter table {name} add column {column} {kind}")


def publish(
    connection: Connection, namespace: str, tables: list[str]
) -> list[PublishedTable]:
    """Replace the rows of serving tables by those that were built.

    Tables are neither dropped nor truncated, so views and grants of analysts stay, and readers see
    the rows of before until the transaction commits.
    """
    published = []
    for table in tables:
        name, built = f"{namespace}.{table}", f"{build_schema(namespace)}.{table}"
        columns = ", ".join(connection.columns(built))
        connection.execute(f"delete from {name}")
        connection.execute(
            f"insert into {name} ({columns}) select {columns} from {built}"
        )
        [[rows]] = connection.execute(f"select count(*) from {name}")
        published.append(PublishedTable(name, int(rows)))
    return published
