"""What every batch job shares: settling its feeds, keeping the books, publishing, reporting."""

import logging
import re
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from salesetl import __version__, quality
from salesetl.engines import spark as engine
from salesetl.errors import ArgumentError, BooksError, LeaseError, QualityError
from salesetl.publishing.journal import Journal, commit, recover, staging_path
from salesetl.publishing.lake import Change, Lake
from salesetl.publishing.lease import confirm_lease, held_lease
from salesetl.publishing.staging import StagedTable, stage
from salesetl.readers.files import check_packed
from salesetl.runs import RunReport, report_path, runtime_facts, timestamp_text
from salesetl.schemas import QUARANTINE
from salesetl.schemas.table import Table
from salesetl.storage import StoredFile, join, normalized, storage_of
from salesetl.transforms.contract import conform

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Feed:
    """The rows of one source, each with its outcome, and their count."""

    table: Table
    labelled: DataFrame
    tally: quality.Tally

    @property
    def accepted(self) -> DataFrame:
        """The rows to load, with the columns of the raw contract and what was joined to them."""
        rows = self.labelled.where(f"_outcome = '{quality.ACCEPTED}'")
        return rows.select(*(name for name in rows.columns if not name.startswith("_")))


class Run:
    """One run of a batch job, from its first look at the input to its report."""

    def __init__(self, spark: SparkSession, job: str, root: str, report: RunReport) -> None:
        self.spark = spark
        self.lake = Lake(spark, root)
        self.report = report
        self.staging = staging_path(root, job)
        self.inputs: list[StoredFile] = []
        self._storage = storage_of(root)
        self._journal = Journal(report.run_id, report_path=report_path(root, job, report.run_id))
        self._lease = lease_path(root, job)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage for the report."""
        started = time.monotonic()
        yield
        seconds = time.monotonic() - started
        self.report.seconds_by_stage[name] = round(seconds, 3)
        logger.info("%s: %s took %.1f s", self.report.job, name, seconds)

    @contextmanager
    def naming_broken_files(self) -> Iterator[None]:
        """Turn an engine's failure to unpack a file into one that says which file it is."""
        try:
            yield
        except Exception as error:
            if engine.is_broken_file(error):
                check_packed(self.inputs)
            raise

    def settle(self, labelled: DataFrame, table: Table) -> Feed:
        """Compute a labelled feed once, count it, and write its rejected rows to quarantine.

        Whatever reads the feed from here on reads what was written, and never the source again.
        """
        path = join(self.staging, "labelled", table.name)
        is_accepted = f"_outcome = '{quality.ACCEPTED}'"
        raw_record = F.expr(f"case when {is_accepted} then null else _raw_record end")
        engine.write_parquet(labelled.withColumn("_raw_record", raw_record), path, [])
        settled = engine.read_parquet(self.spark, path, [""], labelled.schema)
        feed = Feed(table, settled, quality.count_outcomes(settled, table))
        if not feed.tally.is_balanced:
            raise BooksError(f"{table.name}: rows read are not all accounted for: {feed.tally}")
        if feed.tally.rows_quarantined:
            self._quarantine(feed)
        return feed

    def check_quality(self, feed: Feed, path: str, limit: float, *, allow_empty: bool) -> None:
        """Refuse to publish a feed that is empty, or of which more than `limit` was rejected."""
        tally = feed.tally
        if tally.rejected_ratio > limit:
            raise QualityError(
                f"{path}: {tally.rejected_ratio:.1%} of {tally.rows_read:,} rows were rejected, more"
                f" than --max_rejected_ratio {limit}: {_reasons(feed)}; nothing was published. See"
                f" them with: salesetl quarantine show {self.report.run_id}"
                f" --output_path {self.lake.root}"
            )
        if not tally.rows_loaded and not allow_empty:
            raise QualityError(
                f"{path}: no row to load among {tally.rows_read:,} read; nothing was published."
                " Check the path and the dates, or pass --allow_empty if that is right"
            )

    def account(self, main: Feed, *others: Feed) -> None:
        """Enter into the report what became of the rows of each feed."""
        self.report.files_read = len(self.inputs)
        for name, value in main.tally.counts().items():
            setattr(self.report, name, value)
        self.report.feeds = {feed.table.name: feed.tally.counts() for feed in others}

    def write_aside(
        self, change: Change, *, rows: int | None = None, amount: Decimal | None = None
    ) -> StagedTable:
        """Write the new content of a table aside, and check it against what should be in it."""
        staged = stage(self.spark, change, self.staging)
        if rows not in (None, staged.row_count) or amount not in (None, staged.amount):
            raise BooksError(
                f"{change.table.name}: {staged.row_count} rows over {staged.amount} were written"
                f" where {rows} rows over {amount} are due; nothing was published"
            )
        self._put(staged)
        return staged

    def publish(self) -> RunReport:
        """Put everything that was staged in place, with the report, as one step."""
        confirm_lease(self._storage, self._lease, self.report.run_id)
        self._finish("succeeded")
        return self.report

    def fail(self, error: BaseException) -> None:
        """Report the failure and publish nothing but the quarantine."""
        if isinstance(error, LeaseError):
            return
        tables = f"{self.lake.root}/{QUARANTINE.name}/"
        self._journal.moves = [
            (source, target) for source, target in self._journal.moves if target.startswith(tables)
        ]
        self._journal.deletes = [path for path in self._journal.deletes if path.startswith(tables)]
        self.report.error = str(error) or type(error).__name__
        self._finish("failed")

    def _finish(self, status: str) -> None:
        self.report.status = status
        self.report.finished_at = timestamp_text(datetime.now(UTC))
        self._journal.report = self.report.as_dict()
        commit(self._storage, self.lake.root, self.report.job, self._journal)

    def _quarantine(self, feed: Feed) -> None:
        rejected_at = F.lit(self.report.started_at).cast("timestamp")
        rows = feed.labelled.where(f"_outcome = '{quality.QUARANTINED}'").select(
            F.col("_raw_record").alias("raw_record"),
            F.col("_source_header").alias("source_header"),
            F.col("_source_file").alias("source_file"),
            F.col("_reasons").alias("reasons"),
            rejected_at.alias("rejected_at"),
            F.lit(self.report.run_id).alias("run_id"),
        )
        table = replace(QUARANTINE, name=f"{QUARANTINE.name}/{feed.table.name}")
        folder = f"run_id={self.report.run_id}"
        change = Change(table, conform(rows, table), None, [folder])
        self.write_aside(change, rows=feed.tally.rows_quarantined)

    def _put(self, staged: StagedTable) -> None:
        target = self.lake.path(staged.table)
        present = self.lake.files(staged.table)
        for folder in staged.folders:
            self._journal.deletes += [file.path for file in present.get(folder, [])]
            self._journal.moves += [
                (file.path, join(target, folder, file.name)) for file in staged.files.get(folder, [])
            ]


@contextmanager
def open_run(
    spark: SparkSession,
    job: str,
    output_path: str,
    *,
    run_id: str | None,
    arguments: Mapping[str, Any],
    replay_of: str | None = None,
) -> Iterator[Run]:
    """Start a run as the only writer of its tables, after finishing what a killed run left.

    If the block raises, the failure is reported and nothing is published.
    """
    started_at = datetime.now(UTC)
    run_id = run_id or f"{started_at:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", run_id):
        raise ArgumentError(f"--run_id {run_id!r}: use letters, digits, dots, dashes, underscores")
    root = normalized(output_path)
    storage = storage_of(root)
    report = RunReport(
        run_id=run_id,
        job=job,
        status="running",
        started_at=timestamp_text(started_at),
        replay_of=replay_of,
        runtime=runtime_facts(
            spark.version, spark.conf.get("spark.sql.ansi.enabled") == "true", __version__
        ),
        arguments={name: None if value is None else str(value) for name, value in arguments.items()},
    )
    with held_lease(storage, lease_path(root, job), run_id):
        recover(storage, root, job)
        run = Run(spark, job, root, report)
        try:
            with run.naming_broken_files():
                yield run
        except BaseException as error:
            run.fail(error)
            raise


def lease_path(root: str, job: str) -> str:
    """Where the lease of a job's tables is."""
    return join(root, "_leases", f"{job}.json")


def _reasons(feed: Feed) -> str:
    rules = {rule.name: rule for rule in [quality.WELL_FORMED, *feed.table.rules, quality.CONFLICT]}
    ranked = sorted(feed.tally.rows_by_reason.items(), key=lambda item: -item[1])
    told = [f"{name} {count:,}" for name, count in ranked]
    remedy = rules[ranked[0][0]].remedy
    return ", ".join(told) + (f" ({remedy})" if remedy else "")
