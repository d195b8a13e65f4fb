"""Loads a lake into a warehouse, builds its star, and shows what is there."""

from __future__ import annotations

import argparse
import logging
from datetime import date
from typing import TYPE_CHECKING

from salesetl.display import table_text
from salesetl.registry import namespaces, pipeline_named, pipelines
from salesetl.warehouses import building, loading_lake
from salesetl.warehouses.counting import counts_text
from salesetl.warehouses.mirror import TableChange
from salesetl.warehouses.staging_freshness import check_freshness
from salesetl.warehouses.star import PublishedTable
from salesetl.warehouses.unloading import unload
from salesetl.warehouses.urls import FORMS, warehouse_of

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]

_HEADER = ("table", "new", "changed", "gone", "as they are", "rows to load")


def add_commands(groups: Commands) -> None:
    """Add the commands of warehouses."""
    group = groups.add_parser(
        "warehouse", help="load a lake into a warehouse, and build its star"
    )
    commands = group.add_subparsers(required=True)
    for name, told, command in (
        ("plan", "show what a load would change", _plan),
        (
            "load",
            "make the staging tables a copy of the lake, in one transaction",
            _load,
        ),
        (
            "build",
            "build and test the models with dbt, then publish them as one",
            _build,
        ),
        ("publish", "test the models that were built by name, then publish", _publish),
        ("freshness", "tell whether rows arrive as they should", _freshness),
        ("unload", "write the tables that are served to the lake, as Parquet", _unload),
        ("counts", "compare rows and amounts of the warehouse with the lake", _counts),
    ):
        parser = commands.add_parser(name, help=told, description=told)
        # Others have no models for a warehouse.
        is_of_star = command in (_build, _publish, _freshness, _unload)
        parser.add_argument(
            "pipeline", choices=_with_a_star() if is_of_star else namespaces()
        )
        parser.add_argument(
            "--warehouse",
            required=True,
            metavar="URL",
            help=FORMS,
        )
        if command in (_build, _publish):
            _add_build(parser)
        elif command is not _freshness:
            parser.add_argument("--output_path", required=True, help="root of the lake")
        if command is _build:
            parser.add_argument(
                "--model", help="build only this one, and publish nothing"
            )
        parser.set_defaults(command=command)


def _add_build(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output_path", help="root of the lake, to leave an event of lineage there"
    )
    parser.add_argument(
        "--as_of",
        type=date.fromisoformat,
        help="day of the build, after which nothing has happened (default: today in UTC)",
    )


def _with_a_star() -> list[str]:
    return [each.name for each in pipelines() if each.is_for_warehouse]


def _load(arguments: argparse.Namespace) -> str:
    _log_progress()
    pipeline = pipeline_named(arguments.pipeline)
    warehouse = warehouse_of(arguments.warehouse)
    return _changes_text(loading_lake.load(warehouse, pipeline, arguments.output_path))


def _plan(arguments: argparse.Namespace) -> str:
    pipeline = pipeline_named(arguments.pipeline)
    warehouse = warehouse_of(arguments.warehouse)
    return _changes_text(loading_lake.plan(warehouse, pipeline, arguments.output_path))


def _build(arguments: argparse.Namespace) -> str:
    _log_progress()
    pipeline = pipeline_named(arguments.pipeline)
    warehouse = warehouse_of(arguments.warehouse)
    if arguments.model:
        building.build_model(warehouse, pipeline, arguments.model, arguments.as_of)
        return f"{arguments.model} is built\n"
    return _published_text(
        building.build(warehouse, pipeline, arguments.as_of, arguments.output_path)
    )


def _publish(arguments: argparse.Namespace) -> str:
    _log_progress()
    pipeline = pipeline_named(arguments.pipeline)
    warehouse = warehouse_of(arguments.warehouse)
    return _published_text(
        building.publish(warehouse, pipeline, arguments.as_of, arguments.output_path)
    )


def _published_text(published: list[PublishedTable]) -> str:
    rows = [[each.name, each.rows] for each in published]
    return table_text(("published", "rows"), rows) + "\n"


def _freshness(arguments: argparse.Namespace) -> str:
    pipeline = pipeline_named(arguments.pipeline)
    warehouse = warehouse_of(arguments.warehouse)
    late = check_freshness(warehouse, pipeline)
    return "".join(f"late: {line}\n" for line in late) or "all is fresh\n"


def _unload(arguments: argparse.Namespace) -> str:
    _log_progress()
    pipeline = pipeline_named(arguments.pipeline)
    warehouse = warehouse_of(arguments.warehouse)
    written = unload(warehouse, pipeline, arguments.output_path)
    return "".join(f"{path}\n" for path in written)


def _counts(arguments: argparse.Namespace) -> str:
    pipeline = pipeline_named(arguments.pipeline)
    warehouse = warehouse_of(arguments.warehouse)
    return counts_text(warehouse, pipeline, arguments.output_path)


def _changes_text(changes: list[TableChange]) -> str:
    rows = [
        [
            change.table.name,
            len(change.new),
            len(change.changed),
            len(change.gone),
            change.unchanged,
            sum(part.books().rows for part in change.parts),
        ]
        for change in changes
    ]
    return table_text(_HEADER, rows) + "\n"


def _log_progress() -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
