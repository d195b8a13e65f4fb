"""Starts a run as the only writer of its tables, and reports its failure."""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any, cast

from salesetl import __version__
from salesetl.destinations.destination import Destination
from salesetl.destinations.parquet_lake import ParquetLake
from salesetl.engines.engine import Engine, Session
from salesetl.engines.functions import functions_of
from salesetl.errors import ArgumentError, one_line
from salesetl.model.options import LoadOptions
from salesetl.model.pipeline import Pipeline
from salesetl.runner.paths import check_apart, input_bytes
from salesetl.runner.progress import shown_progress
from salesetl.runner.run import Run
from salesetl.runs import (
    RunReport,
    has_succeeded,
    runtime_facts,
    timestamp_text,
)
from salesetl.stopping import Stopped, interrupting, shielded
from salesetl.storage import Storage, normalized, storage_of

logger = logging.getLogger(__name__)

# Makes the destination of a pipeline below a root, with the name of a database.
MakeDestination = Callable[[Engine, Pipeline, str, str | None], Destination]


@contextmanager
def open_run(
    pipeline: Pipeline,
    session: Session,
    options: LoadOptions,
    make_destination: MakeDestination = ParquetLake,
) -> Iterator[Run]:
    """Start a run as the only writer of its tables; first finish the publish of a killed run.

    If the block raises, the failure is reported and nothing is published. InputError at once if a
    table holds what no run has written, CatalogError if it cannot be registered as asked.
    """
    arguments = {each.name: getattr(options, each.name) for each in fields(options)}
    tables = (*pipeline.tables, *pipeline.quarantines)
    check_apart(arguments, options.output_path, tables)
    started_at = datetime.now(UTC)
    run_id = _asked_run_id(options.run_id, started_at)
    root = normalized(options.output_path)
    storage = storage_of(root)
    engine = engine_of(session, arguments)
    destination = make_destination(engine, pipeline, root, options.database)
    with _ended(engine), functions_of(engine.functions), destination.held(run_id):
        # A killed run of that very name may turn out to have succeeded.
        destination.recover()
        report = RunReport(
            run_id=_own_run_id(storage, root, pipeline.name, run_id),
            job=pipeline.job,
            status="running",
            started_at=timestamp_text(started_at),
            replay_of=options.replay_of,
            runtime=runtime_facts(engine.facts(), __version__),
            arguments={
                name: None if value is None else str(value)
                for name, value in arguments.items()
            },
        )
        destination.begin(report)
        run = Run(engine, destination, report)
        engine.work_in(destination.staging)
        with (
            interrupting(engine.interrupt),
            _reporting_failure(run),
            run.naming_broken_files(),
            shown_progress(run),
        ):
            destination.check()
            yield run


@contextmanager
def _ended(engine: Engine) -> Iterator[None]:
    try:
        yield
    finally:
        engine.end_work()


@contextmanager
def _reporting_failure(run: Run) -> Iterator[None]:
    """Report what the block raises; the error stays what it was, also where that cannot be done."""
    try:
        yield
    except BaseException as error:
        with suppress(Stopped), shielded():
            try:
                run.fail(error)
            except Exception as second:
                logger.warning(
                    "cannot write the report of the failed run: %s", one_line(second)
                )
        raise


def engine_of(session: Session, arguments: Mapping[str, Any]) -> Engine:
    """Return the engine of a session for a run with these arguments."""
    if hasattr(session, "functions"):
        return cast(Engine, session)
    from salesetl.engines.spark_driver import engine_on

    return engine_on(session, input_bytes(arguments))


def days_to_load(options: LoadOptions) -> tuple[date, date]:
    """Return the first and the last day to load; ArgumentError if there is no such day."""
    if options.write_mode == "replace" and not (
        options.start_date and options.end_date
    ):
        raise ArgumentError(
            "--write_mode replace needs --start_date and --end_date: the first and last day to"
            " replace"
        )
    first, last = options.start_date or date.min, options.end_date or date.max
    if first > last:
        raise ArgumentError(
            f"--start_date {first} is after --end_date {last}; swap them"
        )
    return first, last


def _asked_run_id(run_id: str | None, started_at: datetime) -> str:
    """Return the run id that was asked for, or one made from the time; ArgumentError for a path."""
    name = run_id or f"{started_at:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", name):
        raise ArgumentError(
            f"--run_id {name!r}: use only letters, digits, dots, dashes and underscores, and begin"
            " with a letter or a digit"
        )
    return name


def _own_run_id(storage: Storage, root: str, namespace: str, run_id: str) -> str:
    """Return the run id, with a number if a run of that name has succeeded: its books stay."""
    own, number = run_id, 1
    while has_succeeded(storage, root, namespace, own):
        number += 1
        own = f"{run_id}.{number}"
    if own != run_id:
        logger.warning("run %s exists already; this run is named %s", run_id, own)
    return own
