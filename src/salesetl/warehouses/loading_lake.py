"""What can be done with a warehouse: load a lake into it, build its star, count and unload it."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from salesetl.destinations.journal import journal_path
from salesetl.destinations.lease import held_lease, lease_path
from salesetl.destinations.ledger import read_ledger
from salesetl.errors import InputError
from salesetl.lineage import written_facets
from salesetl.model.pipeline import Pipeline
from salesetl.storage import normalized, storage_of
from salesetl.warehouses import dbt_runs, mirror, star
from salesetl.warehouses.mirror import TableChange
from salesetl.warehouses.parts import Part, parts_of
from salesetl.warehouses.step_lineage import (
    of_lake,
    of_staging,
    read_from_staging,
    recorded,
    with_columns,
)
from salesetl.warehouses.warehouse import Warehouse

logger = logging.getLogger(__name__)

LakeParts = Mapping[str, Mapping[str, Part]]


def load(
    warehouse: Warehouse, pipeline: Pipeline, output_path: str
) -> list[TableChange]:
    """Make the staging schema a copy of the lake; all tables change together, or none.

    InputError if the lake has no tables, BooksError if the copy differs from what runs have
    written, LeaseError if somebody else is writing to either.
    """
    with recorded("load", pipeline, output_path) as step:
        with (
            _lake_at_rest(pipeline, output_path) as lake,
            warehouse.held(pipeline.name) as held,
        ):
            with held.transaction() as connection:
                mirror.prepare(connection, warehouse.dialect, pipeline)
                changes = mirror.changes_of(connection, pipeline, lake)
                step.inputs = of_lake(normalized(output_path), changes)
                mirror.apply(connection, pipeline, changes)
        step.outputs = of_staging(warehouse, changes)
    return changes


def plan(
    warehouse: Warehouse, pipeline: Pipeline, output_path: str
) -> list[TableChange]:
    """Return what a load would change."""
    lake = lake_parts(pipeline, output_path)
    with warehouse.reading() as connection:
        return mirror.changes_of(connection, pipeline, lake)


def build(
    warehouse: Warehouse,
    pipeline: Pipeline,
    as_of: date | None = None,
    output_path: str | None = None,
) -> list[star.PublishedTable]:
    """Build and test the models of a pipeline beside what is served, then publish them as one.

    With the path of a lake, an event of lineage is left there. ModelError if a model or a test
    fails: nothing changes then for those who read.
    """
    day = as_of or datetime.now(UTC).date()
    with (
        recorded("build", pipeline, output_path) as step,
        warehouse.held(pipeline.name) as held,
        tempfile.TemporaryDirectory(prefix="salesetl-dbt-") as folder,
    ):
        step.inputs = read_from_staging(warehouse, pipeline)
        tables = dbt_runs.build(pipeline.name, held.target, day, Path(folder))
        with held.transaction() as connection:
            star.prepare_serving(connection, pipeline.name, tables)
            published = star.publish(connection, pipeline.name, tables)
            step.outputs = [
                with_columns(
                    warehouse.place(each.name),
                    connection.columns(each.name),
                    written_facets(each.rows),
                )
                for each in published
            ]
    return published


def lake_parts(pipeline: Pipeline, output_path: str) -> LakeParts:
    """Return the partitions of the tables of a lake, by table and folder."""
    root = normalized(output_path)
    ledger = read_ledger(storage_of(root), root, pipeline.name)
    parts = {table.name: parts_of(root, table, ledger) for table in pipeline.tables}
    if not any(parts.values()):
        raise InputError(
            f"{root}: has no tables of {pipeline.name}; run jobs/{pipeline.job}.py first, or check"
            " --output_path"
        )
    return parts


@contextmanager
def _lake_at_rest(pipeline: Pipeline, output_path: str) -> Iterator[LakeParts]:
    """Read which partitions there are while no run can publish others."""
    root = normalized(output_path)
    storage = storage_of(root)
    lease = lease_path(root, pipeline.name)
    with held_lease(storage, lease, "warehouse load"):
        if storage.files(journal_path(root, pipeline.name)):
            raise InputError(
                f"{root}: the last run of {pipeline.job} was killed while it published; run it once"
                " more, then load"
            )
        yield lake_parts(pipeline, output_path)
