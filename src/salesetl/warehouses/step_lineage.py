"""What a step of a warehouse has read and written, as an event beside those of the lake's runs."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from salesetl.lineage import (
    Dataset,
    contract_fields,
    dataset,
    event_text,
    lineage_path,
    place_of,
    read_facets,
    written_facets,
)
from salesetl.model.pipeline import Pipeline
from salesetl.runs import has_run, timestamp_text
from salesetl.storage import join, normalized, storage_of
from salesetl.warehouses.dialects import staging_table
from salesetl.warehouses.mirror import TableChange
from salesetl.warehouses.warehouse import Warehouse

logger = logging.getLogger(__name__)


@dataclass
class Step:
    """What a step has read and written so far."""

    inputs: list[Dataset] = field(default_factory=list)
    outputs: list[Dataset] = field(default_factory=list)


@contextmanager
def recorded(verb: str, pipeline: Pipeline, output_path: str | None) -> Iterator[Step]:
    """Write an event when the block has ended; nothing without a lake that has runs.

    A block that has failed tells why, and has no outputs. A step is done once its block is, so an
    event that cannot be written is only a warning.
    """
    step = Step()
    status, told = "succeeded", None
    try:
        yield step
    except BaseException as error:
        status = "failed" if isinstance(error, Exception) else "cancelled"
        told = str(error)
        raise
    finally:
        try:
            if output_path is not None:
                _write(verb, pipeline, normalized(output_path), step, status, told)
        except Exception as error:
            logger.warning("the event of lineage could not be written: %s", error)


def _write(
    verb: str,
    pipeline: Pipeline,
    root: str,
    step: Step,
    status: str,
    error: str | None,
) -> None:
    storage, now = storage_of(root), datetime.now(UTC)
    if not has_run(storage, root, pipeline.name):
        return
    name = f"warehouse-{verb}-{now:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
    event = event_text(
        f"{pipeline.name}/{name}",
        f"warehouse_{verb}_{pipeline.name}",
        status,
        timestamp_text(now),
        error,
        step.inputs,
        step.outputs,
    )
    storage.write(lineage_path(root, pipeline.name, name), event)


def of_lake(root: str, changes: Iterable[TableChange]) -> list[Dataset]:
    """Return the tables of a lake that have partitions to load, with the rows of these."""
    return [
        dataset(
            place_of(join(root, change.table.folder)),
            contract_fields(change.table),
            read_facets(_rows(change)),
        )
        for change in changes
        if change.parts
    ]


def of_staging(warehouse: Warehouse, changes: Iterable[TableChange]) -> list[Dataset]:
    """Return the copies of tables that a load has changed, with the rows that it has copied."""
    return [
        dataset(
            warehouse.place(staging_table(change.table)),
            contract_fields(change.table, warehouse.dialect.type_of),
            written_facets(_rows(change)),
        )
        for change in changes
        if change.parts or change.gone
    ]


def read_from_staging(warehouse: Warehouse, pipeline: Pipeline) -> list[Dataset]:
    """Return the copies of all tables of a pipeline."""
    return [
        dataset(
            warehouse.place(staging_table(table)),
            contract_fields(table, warehouse.dialect.type_of),
            {},
        )
        for table in pipeline.tables
    ]


def with_columns(
    place: tuple[str, str], columns: Mapping[str, str], facets: Dataset
) -> Dataset:
    """Return a table by the columns that a warehouse says it has."""
    fields = [{"name": name, "type": kind} for name, kind in columns.items()]
    return dataset(place, fields, facets)


def _rows(change: TableChange) -> int:
    return sum(part.books().rows for part in change.parts)
