"""The commands that compare the Glue Data Catalog with contracts and lake, and correct it."""

import argparse
import sys

from salesetl.catalog import Catalog, Entry
from salesetl.catalog.tables import partition_values
from salesetl.destinations.lake import files_by_folder
from salesetl.errors import ArgumentError, CatalogError
from salesetl.model.quarantine_table import is_quarantine
from salesetl.model.table import Table
from salesetl.registry import namespaces, pipeline_named
from salesetl.storage import is_local, join, normalized, storage_of

_NOTHING = "nothing to change\n"


def plan(arguments: argparse.Namespace) -> str:
    """Return what would change. If a change is refused, show the plan, then raise CatalogError."""
    return _plan_text(arguments) or _NOTHING


def drift(arguments: argparse.Namespace) -> str:
    """Check that nothing would change. If anything would, show it, then raise CatalogError."""
    text = _plan_text(arguments)
    if text:
        sys.stdout.write(text)
        raise CatalogError(
            f"database {arguments.database} has {len(text.splitlines())} differences; correct them"
            f" with: salesetl catalog apply {arguments.pipeline} --database"
            f" {arguments.database} --output_path {arguments.output_path}"
        )
    return _NOTHING


def apply(arguments: argparse.Namespace) -> str:
    """Correct the differences, and return them. CatalogError, without any change, if refused."""
    outcome = Catalog(arguments.database).apply(_entries(arguments))
    return _text(outcome.changes) or _NOTHING


def _plan_text(arguments: argparse.Namespace) -> str:
    """Return the lines of a plan. If a change is refused, show them, then raise CatalogError."""
    found = Catalog(arguments.database).plan(_entries(arguments))
    text = _text(found.lines)
    if found.refusals:
        sys.stdout.write(text)
        raise CatalogError(
            f"database {arguments.database}: {'. '.join(found.refusals)}"
        )
    return text


def _entries(arguments: argparse.Namespace) -> list[Entry]:
    """Return the tables of a pipeline with all their partitions."""
    root = normalized(arguments.output_path)
    if is_local(root):
        raise ArgumentError(
            f"--output_path {root}: the Data Catalog has only tables on S3; use a lake on S3"
        )
    pipeline = pipeline_named(arguments.pipeline)
    tables = (*pipeline.tables, *pipeline.quarantines)
    return [_entry(root, each, arguments.projection) for each in tables]


def _entry(root: str, table: Table, is_projected: bool | None) -> Entry:
    folder = join(root, table.folder)
    filled = partition_values(files_by_folder(folder, storage_of(root).files(folder)))
    return Entry(
        table,
        root,
        filled,
        emptied=None,
        is_projected=is_projected,
        is_optional=is_quarantine(table) and not filled,
    )


def _text(lines: list[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def add_commands(groups: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `catalog plan`, `catalog apply` and `catalog drift` to the command line."""
    of_catalog = groups.add_parser(
        "catalog", help="compare the Glue Data Catalog with the lake, and update it"
    )
    commands = of_catalog.add_subparsers(required=True)
    for name, text, command in (
        ("plan", "show what apply would change", plan),
        ("apply", "register all tables and partitions of the pipeline", apply),
        ("drift", "like plan, with exit status 1 if there is a difference", drift),
    ):
        parser = commands.add_parser(
            name, help=text, description=text, allow_abbrev=False
        )
        parser.add_argument(
            "pipeline", choices=namespaces(), help="pipeline of the tables"
        )
        parser.add_argument(
            "--database",
            required=True,
            help="database of the pipeline in the Glue Data Catalog, such as salesetl_dev_sales",
        )
        parser.add_argument("--output_path", required=True, help="root of the lake")
        parser.add_argument(
            "--projection",
            action=argparse.BooleanOptionalAction,
            help="whether Athena computes partitions from their names or looks them up"
            " (default: no change)",
        )
        parser.set_defaults(command=command)
