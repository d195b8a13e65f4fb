"""Builds the models of a pipeline in a warehouse: all at once, or one by one and then published."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from salesetl.errors import ArgumentError, not_known
from salesetl.lineage import written_facets
from salesetl.model.pipeline import Pipeline
from salesetl.warehouses import dbt_runs, star
from salesetl.warehouses.dbt_models import parents_of_models
from salesetl.warehouses.dbt_runs import DbtRun
from salesetl.warehouses.mirror import require_loaded
from salesetl.warehouses.step_lineage import (
    Step,
    read_from_staging,
    recorded,
    with_columns,
)
from salesetl.warehouses.warehouse import Held, Warehouse


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
    with recorded("build", pipeline, output_path) as step:
        return _published(step, warehouse, pipeline, as_of, dbt_runs.build)


def publish(
    warehouse: Warehouse,
    pipeline: Pipeline,
    as_of: date | None = None,
    output_path: str | None = None,
) -> list[star.PublishedTable]:
    """Test the models that were built one by one, then publish them as `build` does."""
    with recorded("publish", pipeline, output_path) as step:
        return _published(step, warehouse, pipeline, as_of, dbt_runs.run_tests)


def build_model(
    warehouse: Warehouse, pipeline: Pipeline, model: str, as_of: date | None = None
) -> None:
    """Build one model and test what can be told of it alone; nothing is published.

    ArgumentError if the pipeline has no such model, ModelError if it or a test fails.
    """
    known = parents_of_models(pipeline.name)
    if model not in known:
        raise ArgumentError(not_known(f"no model {model!r}", model, known))
    with warehouse.held(pipeline.name) as held, _run_of(
        warehouse, pipeline, held, as_of
    ) as run:
        dbt_runs.build_model(run, model)


def _published(
    step: Step,
    warehouse: Warehouse,
    pipeline: Pipeline,
    as_of: date | None,
    make: Callable[[DbtRun], None],
) -> list[star.PublishedTable]:
    with warehouse.held(pipeline.name) as held, _run_of(
        warehouse, pipeline, held, as_of
    ) as run:
        step.inputs = read_from_staging(warehouse, pipeline)
        make(run)
        tables = dbt_runs.served_tables(run)
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


@contextmanager
def _run_of(
    warehouse: Warehouse, pipeline: Pipeline, held: Held, as_of: date | None
) -> Iterator[DbtRun]:
    day = as_of or datetime.now(UTC).date()
    with warehouse.reading() as connection:
        require_loaded(connection, pipeline)
    with tempfile.TemporaryDirectory(prefix="salesetl-dbt-") as folder:
        yield DbtRun(pipeline.name, held.target, day, Path(folder))
