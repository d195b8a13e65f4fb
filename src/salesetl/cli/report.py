"""Writes the charts and the report of a lake."""

import argparse
import os

from salesetl.cli.outputs import write_together
from salesetl.errors import ArgumentError, SetupError
from salesetl.registry import namespaces
from salesetl.runs import RunReport, read_reports
from salesetl.storage import normalized, storage_of


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
    return write_together(arguments.folder, contents)


def write_report(arguments: argparse.Namespace) -> str:
    """Write the report of a lake as one HTML page that needs no server and no network."""
    _check_setup()
    from salesetl.report.datasets import sections_of
    from salesetl.report.page import page

    folder, name = os.path.split(normalized(arguments.file))
    if not name.endswith(".html"):
        raise ArgumentError(
            f"{arguments.file}: the report is an HTML page; use a name like report.html"
        )
    root, reports = _lake(arguments)
    content = page(sections_of(root, reports), reports)
    return write_together(folder, {name: content.encode()})


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
