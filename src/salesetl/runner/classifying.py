"""Classifies the rows of the sources of a pipeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from salesetl.accounting import Tally, count_outcomes
from salesetl.conforming import conform
from salesetl.destinations.lake import Change
from salesetl.destinations.staging import count
from salesetl.engines.engine import Engine
from salesetl.engines.functions import functions_of
from salesetl.errors import BooksError
from salesetl.model.lineage_columns import LOADED_AT, RAW_RECORD
from salesetl.model.options import LoadOptions
from salesetl.model.pipeline import Output, Pipeline
from salesetl.model.quarantine_table import quarantine_of
from salesetl.model.source import Source
from salesetl.model.table import SOURCE_FILE, Table
from salesetl.parsing import parse_fields
from salesetl.quality.deciding import classify
from salesetl.quality.judging import ACCEPTED, QUARANTINED, breaks, judge
from salesetl.quality.places import with_places
from salesetl.runner.run import Run
from salesetl.runner.sources import Delivered
from salesetl.runner.superseding import without_present, without_superseded
from salesetl.runner.torn_wholes import without_torn
from salesetl.storage import join

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

# Each task of a row engine has all rows that others look up, so that more are left to the engine.
_LOOKED_UP_BY_ROW = 1_000_000


@dataclass(frozen=True)
class Classified:
    """The rows of a source, each with its outcome, and their count."""

    engine: Engine
    source: Source
    contract: Table
    delivered: Delivered
    rows: DataFrame
    tally: Tally
    loaded_at: str

    @property
    def accepted(self) -> DataFrame:
        """The rows to load, with contract columns, added columns and where they came from."""
        rows = self.rows.where(f"_outcome = '{ACCEPTED}'")
        names = [name for name in rows.columns if not name.startswith("_")]
        return rows.select(
            *names,
            F.col("_source_file").alias(SOURCE_FILE.name),
            F.col("_raw_record").alias(RAW_RECORD.name),
            F.lit(self.loaded_at).cast("timestamp").alias(LOADED_AT.name),
        )

    @property
    def looked_up(self) -> DataFrame:
        """The rows to load, as other sources look them up: with contract columns alone."""
        return self.accepted.select(*self.contract.columns)

    @property
    def rejected(self) -> DataFrame:
        """The rejected rows: what could be parsed of them, their file, and `reasons` as text."""
        return self.rows.where(f"_outcome = '{QUARANTINED}'").select(
            *self.contract.columns,
            F.col("_source_file").alias(SOURCE_FILE.name),
            F.col("_reasons").alias("reasons"),
        )

    def rows_for(self, output: Output) -> DataFrame:
        """Return the rows that an output is made from."""
        return self.rejected if output.of_rejected else self.accepted

    def files_that_break(self, rules: Iterable[str]) -> DataFrame:
        """Return, as `_source_file`, the files of rows that break one of some rules."""
        is_out = " or ".join(map(breaks, rules))
        return self.rows.where(is_out).select("_source_file").distinct()


def classify_sources(
    run: Run,
    pipeline: Pipeline,
    options: LoadOptions,
    contracts: Mapping[str, Table],
    delivered: Mapping[str, Delivered],
) -> dict[str, Classified]:
    """Classify the rows of all sources; sources that others need come first."""
    is_merging = options.write_mode == "merge"
    classified: dict[str, Classified] = {}
    for source in pipeline.ordered_sources:
        lookups = [classified[name] for name in source.needs]
        appended = pipeline.appended_to(source)
        if appended and appended.date_column and not is_merging:
            # The delivery is the whole truth of its days.
            appended = None
        classified[source.name] = _classify(
            run,
            source,
            contracts[source.name],
            delivered[source.name],
            lookups,
            pipeline.published_as(source) if is_merging else None,
            appended,
        )
    return classified


def _classify(
    run: Run,
    source: Source,
    contract: Table,
    delivered: Delivered,
    lookups: Sequence[Classified],
    published: Table | None,
    appended: Table | None,
) -> Classified:
    """Decide the outcome of every row of a source once, count them, and quarantine the rejected.

    What is decided is kept; whatever reads the rows from here on reads that, and never the source
    again. BooksError if rows are not accounted for.
    """
    engine = run.engine
    folder = run.folder("classified", source.name)
    row_engine = engine.row_engine
    with functions_of(row_engine.functions):
        rows = with_places(
            parse_fields(delivered.raw.frame, contract),
            contract,
            is_replay=bool(run.report.replay_of),
        )
    if sum(each.tally.rows_loaded for each in lookups) > _LOOKED_UP_BY_ROW:
        rows, row_engine = engine.checkpoint(rows, join(folder, "read")), engine
    looked_up = [
        row_engine.taken(each.looked_up, join(folder, f"looked_up_{number}"))
        for number, each in enumerate(lookups)
    ]
    with functions_of(row_engine.functions):
        if source.prepare:
            rows = source.prepare(rows, *looked_up)
        judged = judge(rows, contract)
    found = classify(engine, judged, source, contract, folder)
    if published:
        found = without_superseded(run, source, found, published)
        if source.whole and run.report.replay_of:
            found = without_torn(run, source, found, published)
    if appended:
        found = without_present(run, source, found, appended)
    tally = count_outcomes(engine, found, contract)
    if not tally.is_balanced:
        raise BooksError(f"{source.name}: not every row read is accounted for: {tally}")
    started_at = run.report.started_at
    classified = Classified(
        engine, source, contract, delivered, found, tally, started_at
    )
    if tally.rows_quarantined:
        _quarantine(run, classified)
    return classified


def _quarantine(run: Run, classified: Classified) -> None:
    """Write the rejected rows aside; those that an earlier run rejected move to this run."""
    run_id = run.report.run_id
    rows = rejected_rows(classified, run_id, run.report.started_at)
    table = quarantine_of(classified.contract)
    if run.report.replay_of:
        # What the first run rejected stays with it, as it was replayed.
        change = Change(table, rows, None, [f"run_id={run_id}"])
    else:
        # What an earlier try of this run has rejected goes with it.
        change = run.destination.change(table, rows).with_kept(
            lambda kept: kept.where(f"run_id <> '{run_id}'")
        )
    kept, _ = count(run.engine, table, change.kept)
    staged = run.destination.stage(change)
    due = classified.tally.rows_quarantined + kept
    if staged.row_count != due:
        raise BooksError(
            f"{staged.table.name}: {staged.row_count} rows were written, but {due} were expected;"
            " nothing was published"
        )


def rejected_rows(classified: Classified, run_id: str, rejected_at: str) -> DataFrame:
    """Return the rejected rows of a source in the shape of its quarantine."""
    rows = classified.rows.where(f"_outcome = '{QUARANTINED}'").select(
        F.col("_raw_record").alias("raw_record"),
        F.col("_source_header").alias("source_header"),
        F.col("_source_file").alias("source_file"),
        F.split("_reasons", " ").alias("reasons"),
        F.lit(rejected_at).cast("timestamp").alias("rejected_at"),
        F.lit(run_id).alias("run_id"),
    )
    return conform(rows, quarantine_of(classified.contract))
