"""Shows the rows of the shipped queries and views."""

import argparse
import csv
import io
from collections.abc import Sequence
from datetime import date
from typing import Any

from salesetl.cli.outputs import write_together
from salesetl.display import CALENDAR, table_text
from salesetl.queries import Result, results
from salesetl.statements import statements

ANALYTICS = (
    "monthly_revenue",
    "revenue_mom",
    "cohort_retention_first_6_months",
    "monthly_churn",
    "category_sales_monthly",
    "monthly_active_customers",
)


def run_query(arguments: argparse.Namespace) -> str:
    """Return the rows of a query or view as a table or CSV; without a name, list all."""
    if not arguments.name:
        listed = [(each.name, each.comment) for each in statements().values()]
        return table_text(("name", "what it shows"), listed) + "\n"
    [(header, rows)] = results(arguments.output_path, [arguments.name])
    if arguments.format == "csv":
        return _csv_text((header, rows))
    return table_text(header, _cells(rows), plain=CALENDAR) + "\n"


def write_analytics(arguments: argparse.Namespace) -> str:
    """Write six metrics of orders as CSV files: all or none."""
    found = results(arguments.output_path, ANALYTICS)
    contents = {
        f"{name}.csv": _csv_text(result).encode()
        for name, result in zip(ANALYTICS, found, strict=True)
    }
    return write_together(arguments.folder, contents)


def _csv_text(result: Result) -> str:
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
