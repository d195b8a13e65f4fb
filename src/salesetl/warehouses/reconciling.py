"""Reconciles the copy of a table in a warehouse with what the runs of the lake have written."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from salesetl.errors import BooksError
from salesetl.model.table import Table
from salesetl.money import NOTHING, Sums, add_sums, texts_of
from salesetl.warehouses.dialects import staging_table
from salesetl.warehouses.parts import Books
from salesetl.warehouses.warehouse import Connection


def reconcile(connection: Connection, table: Table, due: Mapping[str, Books]) -> None:
    """Compare the copy of some partitions with what the runs have written; BooksError if not."""
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
    totals = [
        f"cast(cast(sum({each}) as decimal(38, 2)) as varchar)"
        for each in table.amounts
    ]
    query = (
        f"select {', '.join([*groups, 'count(*)', *totals])} from {name}"
        f" group by {', '.join(str(place + 1) for place in range(len(groups)))}"
    )
    width = len(table.partition_by)
    rows: dict[str, int] = {}
    found: dict[str, Sums] = {}
    for row in connection.execute(query):
        folder = "/".join(
            f"{column}={value}"
            for column, value in zip(table.partition_by, row, strict=False)
        )
        rows[folder] = rows.get(folder, 0) + int(row[width + 1])
        sums = {
            amount: {row[width] or None: Decimal(total or 0)}
            for amount, total in zip(table.amounts, row[width + 2 :], strict=True)
        }
        found[folder] = add_sums(table.amounts, [found.get(folder, {}), sums])
    return {folder: Books(rows[folder], texts_of(found[folder])) for folder in rows}
