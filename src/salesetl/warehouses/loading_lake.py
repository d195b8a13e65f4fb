"""Loads a lake into a warehouse."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from salesetl.destinations.journal import journal_path
from salesetl.destinations.lease import held_lease, lease_path
from salesetl.destinations.ledger import read_ledger
from salesetl.errors import InputError
from salesetl.model.pipeline import Pipeline
from salesetl.storage import normalized, storage_of
from salesetl.warehouses import mirror
from salesetl.warehouses.mirror import TableChange
from salesetl.warehouses.parts import Part, parts_of
from salesetl.warehouses.step_lineage import (
    of_lake,
    of_staging,
    recorded,
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
