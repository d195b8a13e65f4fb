"""Writes the metrics, the charts and the report of a lake as files: all or none."""

import argparse
import os
import uuid
from collections.abc import Mapping

from salesetl.cli.show import csv_text
from salesetl.display import table_text
from salesetl.errors import ArgumentError, SetupError
from salesetl.queries import results
from salesetl.registry import namespaces
from salesetl.runs import RunReport, read_reports
from salesetl.statements import statements
from salesetl.storage import join, normalized, storage_of


def write_analytics(arguments: argparse.Namespace) -> str:
    """Write six metrics of orders as CSV files: all or none."""
    names = [each.name for each in statements().values() if each.is_of_analytics]
    found = results(arguments.output_path, names)
    contents = {
        f"{name}.csv": csv_text(result).encode()
        for name, result in zip(names, found, strict=True)
    }
    return _write_together(arguments.folder, contents)


def write_charts(arguments: argparse.Namespace) -> str:
    """Draw the charts of all datasets of a lake as PNG files: all or none."""
    _check_setup()
    from salesetl.report.datasets import loaded_datasets, rows_of
    from salesetl.report.rendering import png

    root, reports = _lake(arguments)
    contents = {
        f"{picture.name}.png": png(picture)
        for dataset in loaded_datasets(root, reports)
        for picture in dataset.pictures(rows_of(root, dataset))
    }
    return _write_together(arguments.folder, contents)


def write_report(arguments: argparse.Namespace) -> str:
    """Write the report of a lake as one HTML page that needs no server and no network.

    Return the figures of all its months as a table, and the path of the page.
    """
    _check_setup()
    from salesetl.report.datasets import sections_of
    from salesetl.report.page import page
    from salesetl.report.wording import value_text, when_text

    folder, name = os.path.split(normalized(arguments.file))
    if not name.endswith(".html"):
        raise ArgumentError(
            f"{arguments.file}: the report is an HTML page; use a name like report.html"
        )
    root, reports = _lake(arguments)
    sections = sections_of(root, reports)
    rows = [
        [section.name, figure.name, value_text(figure), when_text(figure)]
        for section in sections
        for figure in section.figures
        if figure.since
    ]
    table = table_text(("pipeline", "figure", "value", "of"), rows) if rows else ""
    content = page(sections, reports)
    written = _write_together(folder, {name: content.encode()})
    return f"{table}\n\n{written}" if table else written


def _lake(arguments: argparse.Namespace) -> tuple[str, list[RunReport]]:
    root = normalized(arguments.output_path)
    return root, read_reports(storage_of(root), root, namespaces())


def _check_setup() -> None:
    try:
        import altair  # noqa: F401
        import vl_convert  # noqa: F401
    except ImportError as error:
        raise SetupError(
            "the libraries for charts are not installed: pip install 'salesetl[report]'"
        ) from error


def _write_together(directory: str, contents: Mapping[str, bytes]) -> str:
    """Write files below a directory, in place only after all are written; return their paths."""
    folder = normalized(directory)
    storage = storage_of(folder)
    aside = join(folder, f".{uuid.uuid4().hex}")
    try:
        for name, content in contents.items():
            storage.write(join(aside, name), content)
        storage.move([(join(aside, name), join(folder, name)) for name in contents])
    finally:
        storage.delete(aside)
    return "".join(f"{join(folder, name)}\n" for name in contents)
