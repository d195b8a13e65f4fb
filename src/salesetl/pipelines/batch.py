"""What every batch job shares: settling its feeds, keeping the books, publishing, reporting."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from salesetl.engines import functions as F
from salesetl.engines.base import Engine
from salesetl.errors import BooksError, LeaseError, one_line
from salesetl.money import Amounts, amounts_text, revenue_of
from salesetl.pipelines.feeds import Feed, quarantined_rows, settle_feed
from salesetl.pipelines.paths import input_paths
from salesetl.pipelines.registering import Registering
from salesetl.publishing.journal import Journal, commit, journal_path, staging_path
from salesetl.publishing.key_memory import (
    KeyMethod,
    check_key_method,
    encoded,
    key_memory_path,
)
from salesetl.publishing.lake import Change, Lake
from salesetl.publishing.lease import confirm_lease
from salesetl.publishing.staging import StagedTable, count_kept, stage
from salesetl.readers.files import check_packed, find_files
from salesetl.runs import RunReport, report_path, timestamp_text
from salesetl.schemas import QUARANTINE
from salesetl.schemas.quarantine import quarantine_of
from salesetl.schemas.table import Table
from salesetl.stopping import Stopped, check_stopped, shielded, stopped_by
from salesetl.storage import StoredFile, join, storage_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

logger = logging.getLogger(__name__)


class Run:
    """One run of a batch job, from its first look at the input to its report."""

    def __init__(
        self,
        engine: Engine,
        job: str,
        report: RunReport,
        registering: Registering,
        holder: str,
    ) -> None:
        root = registering.root
        self.engine = engine
        self.lake = Lake(engine, root)
        self.report = report
        self.staging = staging_path(root, job, report.run_id)
        self.inputs: list[StoredFile] = []
        self._storage = storage_of(root)
        self._journal = Journal(
            report.run_id, report_path=report_path(root, job, report.run_id)
        )
        self._lease = lease_path(root, job)
        # Who holds the lease: the name that was asked for, before the run got its own.
        self._holder = holder
        self._registering = registering
        self._is_published = False

    def clear_quarantine(self) -> None:
        """Let what an earlier try of that name rejected go with what this one publishes."""
        folder = f"run_id={self.report.run_id}"
        for table in self._registering.quarantines:
            found = self._storage.files(join(self.lake.path(table), folder))
            self._journal.deletes += [file.path for file in found]
            if found:
                self._registering.touch(table.name, [folder])

    def remember_keys(self, method: KeyMethod) -> None:
        """Publish with the tables how their keys are made; InputError if the lake has others."""
        root, job = self.lake.root, self.report.job
        if not check_key_method(self._storage, root, job, method):
            aside = join(self.staging, "keys.json")
            self._storage.write(aside, encoded(method))
            self._journal.moves.append((aside, key_memory_path(root, job)))

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a stage for the report."""
        check_stopped()
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
            if self.engine.is_broken_file(error):
                for path in input_paths(self.report.arguments).values():
                    check_packed(find_files(path, allow_empty=True))
            raise

    def settle(self, rows: DataFrame, table: Table) -> Feed:
        """Decide the outcome of each row, count them, and write the rejected ones to quarantine.

        `rows` are parsed to the types of `table` and carry the lineage of their reader.
        """
        path = join(self.staging, "settled", table.name)
        feed = settle_feed(self.engine, rows, table, path)
        if feed.tally.rows_quarantined:
            self._quarantine(feed)
        return feed

    def _quarantine(self, feed: Feed) -> None:
        """Write the rejected rows aside; those that an earlier run rejected move to this run."""
        rows = quarantined_rows(feed, self.report.run_id, self.report.started_at)
        own = f"run_id <> '{self.report.run_id}'"
        change = self.lake.merge(quarantine_of(feed.table), rows).with_kept(
            # What an earlier try of this run has rejected goes with it.
            lambda kept: kept.where(own)
        )
        kept, _ = count_kept(self.engine, change)
        self.write_aside(change, rows=feed.tally.rows_quarantined + kept)

    def account(self, main: Feed, *others: Feed) -> None:
        """Enter into the report what became of the rows of each feed."""
        self.report.files_read = len(self.inputs)
        for name, value in main.tally.counts().items():
            setattr(self.report, name, value)
        self.report.feeds = {feed.table.name: feed.tally.counts() for feed in others}
        if self.report.replay_of:
            self._check_replay(self.report.replay_of, main.table)

    def write_aside(
        self, change: Change, *, rows: int | None = None, amounts: Amounts | None = None
    ) -> StagedTable:
        """Write the new content of a table aside, and check it against what should be in it."""
        staged = stage(self.engine, change, self.staging)
        if rows not in (None, staged.row_count) or amounts not in (
            None,
            staged.amounts,
        ):
            due = amounts_text({} if amounts is None else amounts)
            raise BooksError(
                f"{change.table.name}: {staged.row_count} rows over"
                f" {amounts_text(staged.amounts)} were written where {rows} rows over {due} are"
                " due; nothing was published"
            )
        self._put(staged)
        return staged

    def report_revenue(
        self, loaded: Amounts, kept: Amounts, summary: StagedTable
    ) -> None:
        """Enter revenue into the report: of this run, of rows that stay, and of all written."""
        currency = summary.table.currency
        self.report.revenue_loaded = revenue_of(loaded, currency)
        self.report.revenue_kept = revenue_of(kept, currency)
        self.report.revenue_summary = revenue_of(summary.amounts, currency)

    def publish(self) -> RunReport:
        """Put everything that was staged in place, with the report, as one step.

        A signal that comes meanwhile is too late: what is published is whole, and has succeeded.
        """
        check_stopped()
        with suppress(Stopped), shielded():
            return self._publish()
        logger.warning("a signal to end came while the run published, which is done")
        return self.report

    def _publish(self) -> RunReport:
        confirm_lease(self._storage, self._lease, self._holder)
        self._registering.announce(self.report)
        with self.stage("publish"):
            self._finish("succeeded")
        self._is_published = True
        try:
            self._registering.register(self.report)
        finally:
            # The report is published already; this adds how long that took, and what came of it.
            self._write_report()
        return self.report

    def fail(self, error: BaseException) -> None:
        """Report the failure and publish nothing but the quarantine; not that if cancelled."""
        if self._is_published:
            return
        stop = stopped_by(error)
        if stop:
            self.engine.abandon()
        try:
            confirm_lease(self._storage, self._lease, self._holder)
        except LeaseError:
            logger.warning("the lease was lost, so the failure is not reported")
            return
        if self._storage.files(journal_path(self.lake.root, self.report.job)):
            # The publish had begun; the next run will finish it.
            return
        if stop:
            self._cancel(str(stop))
            return
        tables = f"{self.lake.root}/{QUARANTINE.name}/"
        self._journal.moves = [
            (source, target)
            for source, target in self._journal.moves
            if target.startswith(tables)
        ]
        self._journal.deletes = [
            path for path in self._journal.deletes if path.startswith(tables)
        ]
        self.report.error = one_line(error)
        self._finish("failed")
        if self._registering.register_quarantine(self.report):
            self._write_report()

    def _cancel(self, reason: str) -> None:
        """Report that nothing came of the run."""
        names = ("run_id", "job", "status", "started_at", "replay_of", "runtime")
        kept = {name: getattr(self.report, name) for name in (*names, "arguments")}
        self.report = RunReport(**kept, error=reason)
        self._journal.moves, self._journal.deletes = [], []
        self._finish("cancelled")

    def _check_replay(self, run_id: str, table: Table) -> None:
        rejected = quarantine_of(table)
        folder = f"run_id={run_id}"
        due = 0
        if folder in self.lake.files(rejected):
            rows = self.lake.read(rejected, [folder]).agg(F.count("*").alias("rows"))
            due = self.engine.rows(rows)[0]["rows"]
        if self.report.rows_read < due:
            raise BooksError(
                f"{self.report.rows_read} records are replayed where run {run_id} has {due} in"
                " quarantine; leave those that cannot be corrected as they are. Nothing was"
                " published"
            )

    def _finish(self, status: str) -> None:
        self.report.status = status
        self.report.finished_at = timestamp_text(datetime.now(UTC))
        self._journal.report = self.report.as_dict()
        commit(self._storage, self.lake.root, self.report.job, self._journal)

    def _write_report(self) -> None:
        self.report.finished_at = timestamp_text(datetime.now(UTC))
        content = json.dumps(self.report.as_dict(), indent=2)
        self._storage.write(self._journal.report_path, content.encode())

    def _put(self, staged: StagedTable) -> None:
        target = self.lake.path(staged.table)
        present = self.lake.files(staged.table)
        self._registering.touch(staged.table.name, staged.folders, staged.files)
        for folder in staged.folders:
            self._journal.deletes += [file.path for file in present.get(folder, [])]
            self._journal.moves += [
                (file.path, join(target, folder, file.name))
                for file in staged.files.get(folder, [])
            ]


def lease_path(root: str, job: str) -> str:
    """Where the lease of a job's tables is."""
    return join(root, "_leases", f"{job}.json")
