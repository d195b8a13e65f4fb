"""Runs a declared pipeline: read, classify, load, reconcile, publish."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from salesetl.destinations.parquet_lake import ParquetLake
from salesetl.engines.engine import Session
from salesetl.model.pipeline import Pipeline
from salesetl.runner.acceptance import check_quality, check_replay
from salesetl.runner.changes import Changes
from salesetl.runner.classifying import classify_sources
from salesetl.runner.entering import keep_ledger
from salesetl.runner.hints import hints_of
from salesetl.runner.loading import Loading
from salesetl.runner.sources import (
    absent_sources,
    is_nothing_new,
    read_sources,
    without_new_files,
)
from salesetl.runner.start import MakeDestination, days_to_load, open_run
from salesetl.runner.unfound import count_unfound
from salesetl.runner.unknown_names import report_names
from salesetl.runs import RunReport


def run(pipeline: Pipeline, session: Session, **values: Any) -> RunReport:
    """Run a pipeline once on a session of Spark or another engine; `values` are its options.

    Every delivered row is loaded, quarantined, a duplicate or filtered. Every amount is reconciled.
    The tables of the pipeline change together or not at all. An error of the library tells what to
    do.
    """
    return run_into(ParquetLake, pipeline, session, **values)


def run_into(
    make_destination: MakeDestination,
    pipeline: Pipeline,
    session: Session,
    **values: Any,
) -> RunReport:
    """Run a pipeline as `run` does, into a destination of another kind."""
    options = pipeline.options(**values)
    days = days_to_load(options)
    absent = absent_sources(pipeline, options)
    contracts = {
        source.name: source.contract.without_sources(absent)
        for source in pipeline.sources
    }
    with open_run(pipeline, session, options, make_destination) as started:
        with started.stage("read"):
            delivered = read_sources(started, pipeline, options, contracts)
        if is_nothing_new(pipeline, options, delivered):
            keep_ledger(started, options, delivered, {})
            return started.publish()
        absent |= without_new_files(pipeline, options, delivered)
        contracts = {
            name: contract.without_sources(absent).bind(
                as_of=options.as_of or datetime.now(UTC).date(),
                earliest_date=options.earliest_date,
                start_date=days[0],
                end_date=days[1],
                **delivered[name].profile.rules,
            )
            for name, contract in contracts.items()
        }
        with started.stage("classify"):
            classified = classify_sources(
                started, pipeline, options, contracts, delivered
            )
        for each in classified.values():
            count_unfound(each)
        report = started.report
        main = classified[pipeline.main.name]
        for name, count in main.tally.counts().items():
            setattr(report, name, count)
        others = {name: each for name, each in classified.items() if each is not main}
        report.sources = {
            name: each.tally.counts()
            for name, each in others.items()
            if name not in absent
        }
        if options.replay_of:
            check_replay(started, main, options.replay_of)
        present = [each for name, each in classified.items() if name not in absent]
        for each in present:
            report_names(report, each, options)
        for each in present:
            hints = hints_of(each) if each.tally.rows_quarantined else []
            report.hints += hints
            if each.delivered.raw.files or not options.reads_new_files:
                check_quality(each, options, hints, started.destination.if_failed)
        with started.stage(options.write_mode):
            changes = Changes(started, pipeline, options, days, classified).work_out()
        with started.stage("write"):
            Loading(started, pipeline, classified, changes).write_aside()
        keep_ledger(started, options, delivered, classified)
        return started.publish()
