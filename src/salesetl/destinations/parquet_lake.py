"""The Parquet lake: tables as folders of files, published by a journal under a lease."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from salesetl.destinations.destination import Days
from salesetl.destinations.foreign_files import check_tables
from salesetl.destinations.journal import (
    Journal,
    commit,
    journal_path,
    recover,
    staging_path,
)
from salesetl.destinations.key_memory import check_key_method, encoded, key_memory_path
from salesetl.destinations.lake import Change, Lake
from salesetl.destinations.lease import held_lease, lease_path
from salesetl.destinations.ledger import Ledger
from salesetl.destinations.looking_up import look_up
from salesetl.destinations.merging import change, check_strategies
from salesetl.destinations.old_layout import check_layout
from salesetl.destinations.partitions import Sought
from salesetl.destinations.registering import Registering
from salesetl.destinations.run_ledger import RunLedger
from salesetl.destinations.staging import StagedTable, stage
from salesetl.engines.engine import Engine
from salesetl.errors import LeaseError
from salesetl.lineage import Written, lineage_event, lineage_path
from salesetl.model.pipeline import Pipeline
from salesetl.model.table import Table
from salesetl.runs import RunReport, report_path, timestamp_text
from salesetl.storage import join, storage_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

logger = logging.getLogger(__name__)


class ParquetLake:
    """The tables of one pipeline below the root of a lake, for one run."""

    if_failed = "nothing was published; the rejected rows are in quarantine"

    def __init__(
        self, engine: Engine, pipeline: Pipeline, root: str, database: str | None
    ) -> None:
        """Take the place; ArgumentError if its tables cannot be registered in a database."""
        check_strategies(pipeline.tables)
        self.root, self.staging = root, ""
        self._engine, self._pipeline = engine, pipeline
        self._written: list[Written] = []
        self._tables = (*pipeline.tables, *pipeline.quarantines)
        self._lake = Lake(engine, root)
        self._storage = storage_of(root)
        self._registering = Registering(root, database, self._tables)
        self._lease_path = lease_path(root, pipeline.name)
        self._journal = Journal("")
        self._ledger = RunLedger(self._storage, root, pipeline.name)

    @contextmanager
    def held(self, run_id: str) -> Iterator[None]:
        """Hold the lease during the block."""
        with held_lease(self._storage, self._lease_path, run_id) as self._held:
            yield

    def recover(self) -> None:
        """Finish the publish of a run that was killed, and note which partitions it changed."""
        if recovered := recover(self._storage, self.root, self._pipeline.name):
            self._registering.touch_recovered(recovered)

    def begin(self, report: RunReport) -> None:
        """Begin the journal of a run."""
        self.staging = staging_path(self.root, self._pipeline.name, report.run_id)
        path = report_path(self.root, self._pipeline.name, report.run_id)
        self._journal = Journal(report.run_id, report_path=path)

    def check(self) -> None:
        """Check that the tables hold only what runs have written, and can be registered."""
        check_layout(self._storage, self.root)
        self._lake.remembered = self._ledger.before.partitions
        check_tables(self._lake, self._tables)
        # What an earlier try rejected goes with what this run publishes.
        folder = f"run_id={self._journal.run_id}"
        for table in self._pipeline.quarantines:
            if found := self._lake.files(table).get(folder):
                self._journal.replace(folder, [], found)
                self._registering.touch(table, [folder])
        self._registering.check()

    def remember_keys(self, source: str, method: Mapping[str, Any]) -> None:
        """Record how keys are made; InputError if the lake has other keys."""
        path = key_memory_path(self.root, self._pipeline.name, source)
        if not check_key_method(self._storage, path, method):
            content = encoded(method)
            self._journal.stage(self._storage, self.staging, content, path)

    def ledger(self) -> Ledger:
        """Return the ledger of the namespace."""
        return self._ledger.before

    def keep_ledger(self, ledger: Ledger) -> None:
        """Let a ledger take the place of the old one."""
        self._ledger.keep(ledger)

    def partitions(self, table: Table) -> list[str]:
        """List the folders of a table that have files."""
        return sorted(self._lake.files(table))

    def look_up(
        self, table: Table, columns: Sequence[str], sought: Sought
    ) -> DataFrame | None:
        """Read some columns of the rows among which keys may be that are sought."""
        return look_up(self._lake, table, columns, sought)

    def stale_rows(self, table: Table, lookup: str) -> dict[str, int] | None:
        """Return what was counted of stale rows, if no partition has changed since."""
        return self._ledger.stale_rows(self._lake, table, lookup)

    def note_stale_rows(
        self, table: Table, lookup: str, stale: Mapping[str, int]
    ) -> None:
        """Note what was counted, for the ledger."""
        self._ledger.note_stale(table, lookup, stale)

    def read(self, table: Table, partitions: Collection[str]) -> DataFrame:
        """Read some folders of a table."""
        return self._lake.read(table, sorted(partitions))

    def change(
        self,
        table: Table,
        arriving: DataFrame,
        *,
        days: Days | None = None,
        also: Collection[str] = (),
        whole: Collection[str] = (),
        files: Collection[str] = (),
    ) -> Change:
        """Return what a table will hold after rows arrive, by its strategy."""
        again = self._ledger.before.loaded(files)
        return change(self._lake, table, arriving, days, also, whole, again)

    def stage(self, change: Change, *, is_compared: bool = True) -> StagedTable:
        """Stage new content, and note in the journal which files to move and delete."""
        staged = stage(self._engine, change, self.staging)
        target, present = self._lake.path(change.table), self._lake.files(change.table)
        as_they_are = set(staged.as_they_are) & set(present)
        if not is_compared:
            as_they_are |= self._lake.holding(change.table, staged.rows, staged.files)
        folders = set(staged.folders) - as_they_are
        self._ledger.add(staged, folders)
        self._written.append(staged.written(folders))
        # Somebody may have dropped one that stays as it is from the catalogue.
        filled = as_they_are | set(staged.files)
        self._registering.touch(staged.table, folders | as_they_are, filled)
        for folder in sorted(folders):
            path = join(target, folder) if folder else target
            staying = staged.files_staying.get(folder, [])
            going = [file for file in present.get(folder, []) if file not in staying]
            self._journal.replace(path, staged.files.get(folder, []), going)
        return staged

    def publish(self, report: RunReport) -> None:
        """Publish what was staged and the report, then register what changed."""
        self._held.confirm()
        self._registering.announce(report)
        self._ledger.stage(self._lake, self._tables, self.staging, self._journal)
        self._finish(report)

    def register(self, report: RunReport) -> None:
        """Register what was published, and note it in the report; CatalogError if that fails."""
        try:
            self._registering.register(report)
        finally:
            self._write_report(report)

    def fail(self, report: RunReport) -> None:
        """Publish quarantine and report, unless the lease is lost or the publish has begun."""
        if not self._may_report():
            return
        tables = (f"{self._lake.path(table)}/" for table in self._pipeline.quarantines)
        self._journal.keep_only(tuple(tables))
        self._finish(report)
        if self._registering.register_quarantine(report):
            self._write_report(report)

    def cancel(self, report: RunReport) -> None:
        """Publish only the report, unless the lease is lost or the publish has begun."""
        if self._may_report():
            self._journal.keep_only(())
            self._finish(report)

    def _may_report(self) -> bool:
        try:
            self._held.confirm()
        except LeaseError:
            logger.warning("another run took the lease, so the failure is not reported")
            return False
        # Where the publish had begun, the next run will finish it.
        return not self._storage.files(journal_path(self.root, self._pipeline.name))

    def _finish(self, report: RunReport) -> None:
        report.finished_at = timestamp_text(datetime.now(UTC))
        self._journal.report = report.as_dict()
        event = lineage_event(self._pipeline, self.root, report, self._written)
        path = lineage_path(self.root, self._pipeline.name, report.run_id)
        self._journal.stage(self._storage, self.staging, event, path)
        commit(self._storage, self.root, self._pipeline.name, self._journal)

    def _write_report(self, report: RunReport) -> None:
        report.finished_at = timestamp_text(datetime.now(UTC))
        content = json.dumps(report.as_dict(), indent=2).encode()
        self._storage.write(self._journal.report_path, content)
