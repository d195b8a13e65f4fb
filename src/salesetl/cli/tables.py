"""Shows rows of tables."""

import argparse

from salesetl.display import table_text
from salesetl.errors import ArgumentError
from salesetl.registry import table_named
from salesetl.rows import read_rows
from salesetl.storage import join, normalized, storage_of


def show_table(arguments: argparse.Namespace) -> str:
    """Return the first rows of a table, or the largest by `--order_by`."""
    table = table_named(arguments.name)
    if arguments.order_by not in (None, *table.columns):
        raise ArgumentError(
            f"--order_by {arguments.order_by}: {table.name} has no such column; its columns are:"
            f" {', '.join(table.columns)}"
        )
    root = join(normalized(arguments.output_path), table.folder)
    rows = read_rows(storage_of(root), root, table)
    if arguments.order_by:
        rows.sort(
            key=lambda row: (
                row[arguments.order_by] is not None,
                row[arguments.order_by],
            ),
            reverse=True,
        )
    cells = [[row[name] for name in table.columns] for row in rows[: arguments.rows]]
    return table_text(table.columns, cells, plain=table.partition_by) + "\n"
