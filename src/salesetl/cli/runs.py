"""Lists runs and shows their reports."""

import argparse

from salesetl.display import loaded_text, report_text, table_text
from salesetl.registry import namespaces
from salesetl.runs import RunReport, read_report, read_reports
from salesetl.storage import normalized, storage_of


def list_runs(arguments: argparse.Namespace) -> str:
    """Return a line for each run, oldest first."""
    root = normalized(arguments.output_path)
    reports = read_reports(storage_of(root), root, namespaces())
    if not reports:
        return f"no runs below {root}\n"
    names = ("run_id", "job", "status", "started_at", "rows_read", "rows_loaded")
    counts = (*names, "rows_quarantined")
    rows = [
        [
            *(getattr(report, name) for name in counts),
            loaded_text(report),
        ]
        for report in reports
    ]
    return table_text((*counts, "loaded"), rows) + "\n"


def show_run(arguments: argparse.Namespace) -> str:
    """Return the report of a run as text; InputError if there is none."""
    return report_text(asked_report(arguments))


def asked_report(arguments: argparse.Namespace) -> RunReport:
    """Read the report of the run that the command line names."""
    root = normalized(arguments.output_path)
    return read_report(storage_of(root), root, namespaces(), arguments.run_id)
