"""Shows the runs and tables of a lake, and the rows of the shipped queries."""

import argparse
import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from salesetl.destinations.journal import unfinished
from salesetl.destinations.lease import lease_path, writing_run
from salesetl.display import CALENDAR, loaded_text, report_text, table_text
from salesetl.errors import ArgumentError
from salesetl.mapping.profile_files import shipped_profiles
from salesetl.queries import Result, results
from salesetl.registry import namespaces, pipeline_named, table_named
from salesetl.rows import read_rows
from salesetl.runs import RunReport, read_report, read_reports
from salesetl.statements import statements
from salesetl.storage import join, normalized, storage_of

ROWS_SHOWN = 20


def list_runs(arguments: argparse.Namespace) -> str:
    """Return a line for each run, oldest first."""
    root = normalized(arguments.output_path)
    reports = read_reports(storage_of(root), root, namespaces())
    told = "".join(_unfinished_text(root, name) for name in namespaces())
    if not reports:
        return told or f"no runs below {root}\n"
    names = ("run_id", "job", "status", "started_at", "rows_read", "rows_loaded")
    counts = (*names, "rows_quarantined")
    rows = [
        [
            *(getattr(report, name) for name in counts),
            loaded_text(report),
        ]
        for report in reports
    ]
    return f"{table_text((*counts, 'loaded'), rows)}\n{told}"


def _unfinished_text(root: str, namespace: str) -> str:
    """Tell of a publish that has not ended, and what it means for readers; '' if all have."""
    storage = storage_of(root)
    journal = unfinished(storage, root, namespace)
    if not journal:
        return ""
    if writing_run(storage, lease_path(root, namespace)):
        how = "is publishing"
        then = "wait for it to end"
    elif unfinished(storage, root, namespace) != journal:
        # It has just ended.
        return ""
    else:
        how = "was cut off while it published"
        then = f"run {pipeline_named(namespace).job} again, which finishes that first"
    return (
        f"\nrun {journal.run_id} {how} {namespace}: readers may see rows twice, none is missing;"
        f" {then}\n"
    )


def show_run(arguments: argparse.Namespace) -> str:
    """Return the report of a run as text; InputError if there is none."""
    return report_text(asked_report(arguments))


def list_profiles(_: argparse.Namespace) -> str:
    """Return a line for each shipped source profile."""
    rows = [
        [name, text.partition("\n")[0].lstrip("# ")]
        for name, text in shipped_profiles().items()
    ]
    return table_text(("profile", "of"), rows) + "\n"


def show_profile(arguments: argparse.Namespace) -> str:
    """Return the text of a shipped source profile."""
    return shipped_profiles()[arguments.name]


def asked_report(arguments: argparse.Namespace) -> RunReport:
    """Read the report of the run that the command line names."""
    root = normalized(arguments.output_path)
    return read_report(storage_of(root), root, namespaces(), arguments.run_id)


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


def run_query(arguments: argparse.Namespace) -> str:
    """Return the rows of a query or view as a table or CSV; without a name, list all."""
    if not arguments.name:
        listed = [(each.name, each.comment) for each in statements().values()]
        return table_text(("name", "what it shows"), listed) + "\n"
    [(header, rows)] = results(arguments.output_path, [arguments.name])
    if arguments.format == "csv":
        return csv_text((header, rows))
    return table_text(header, _cells(rows), plain=CALENDAR) + "\n"


def csv_text(result: Result) -> str:
    """Write the columns and rows of a query as CSV."""
    header, rows = result
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *_cells(rows)])
    return text.getvalue()


def _cells(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else value
