"""Compares what a warehouse has with what the runs of a lake have written."""

from __future__ import annotations

from salesetl.display import table_text
from salesetl.errors import BooksError
from salesetl.model.pipeline import Pipeline
from salesetl.warehouses.dialects import staging_table
from salesetl.warehouses.loading_lake import lake_parts
from salesetl.warehouses.parts import Books
from salesetl.warehouses.reconciling import books_of, same_books
from salesetl.warehouses.unloading import served_tables
from salesetl.warehouses.warehouse import Warehouse

_HEADER = ("table", "partitions", "rows", "in the lake", "is the same")


def counts_text(warehouse: Warehouse, pipeline: Pipeline, output_path: str) -> str:
    """Return the rows of staging tables, beside those of the lake, and of tables that are served.

    BooksError with the same text if rows or amounts of a partition differ.
    """
    lake = lake_parts(pipeline, output_path)
    rows = []
    differing = []
    with warehouse.reading() as connection:
        for table in pipeline.tables:
            name = staging_table(table)
            due = {folder: part.books() for folder, part in lake[table.name].items()}
            is_there = bool(connection.columns(name))
            found = books_of(connection, table, name) if is_there else {}
            nothing = Books(0, {})
            wrong = [
                folder
                for folder in sorted({*due, *found})
                if not same_books(found.get(folder, nothing), due.get(folder, nothing))
            ]
            differing += [f"{name} {folder}".strip() for folder in wrong]
            rows.append(
                [
                    name,
                    len(found),
                    sum(each.rows for each in found.values()),
                    sum(each.rows for each in due.values()),
                    f"no: {len(wrong)} partitions" if wrong else "yes",
                ]
            )
        for served in served_tables(connection, pipeline):
            name = f"{pipeline.name}.{served}"
            [[count]] = connection.execute(f"select count(*) from {name}")
            rows.append([name, "", count, "", ""])
    text = table_text(_HEADER, rows)
    if differing:
        raise BooksError(
            f"{len(differing)} partitions of the warehouse are not as the lake, such as"
            f" {differing[0]}; load again: salesetl warehouse load {pipeline.name}\n{text}"
        )
    return f"{text}\n"
