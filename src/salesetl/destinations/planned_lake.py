"""A lake to which nothing is published: it notes what a run would change in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from salesetl.destinations.journal import journal_path
from salesetl.destinations.key_memory import check_key_method, key_memory_path
from salesetl.destinations.lake import Change
from salesetl.destinations.lease import writing_run
from salesetl.destinations.ledger import read_ledger
from salesetl.destinations.parquet_lake import ParquetLake
from salesetl.destinations.planned_tables import PlannedTable, plan_table
from salesetl.destinations.registering import folders_in
from salesetl.destinations.staging import StagedTable
from salesetl.engines.engine import Engine
from salesetl.errors import LeaseError
from salesetl.model.pipeline import Pipeline
from salesetl.model.quarantine_table import is_quarantine
from salesetl.runs import RunReport


@dataclass
class Plan:
    """What a run would do. `scratch` is the folder for its files, shaped as a lake.

    The report is that of the run, also of one that would fail; None if it would not even begin.
    `writing_run` is a run that holds the lease of the lake.
    """

    scratch: str
    report: RunReport | None = None
    tables: list[PlannedTable] = field(default_factory=list)
    writing_run: str | None = None


class PlannedLake(ParquetLake):
    """The lake as a run that is only planned sees it: all is read, nothing is written.

    It holds no lease, so that runs may go on. LeaseError if one publishes meanwhile, because the
    figures would be of two lakes.
    """

    if_failed = "the run would publish nothing but its quarantine"

    def __init__(
        self,
        engine: Engine,
        pipeline: Pipeline,
        root: str,
        database: str | None,
        *,
        plan: Plan,
    ) -> None:
        """Take the place, and the plan to fill in."""
        super().__init__(engine, pipeline, root, database)
        self._plan = plan
        self._staged: list[StagedTable] = []

    @contextmanager
    def held(self, run_id: str) -> Iterator[None]:
        """Hold nothing; see that no run publishes, and look again if the block fails."""
        self._plan.writing_run = writing_run(self._storage, self._lease_path)
        if self._is_publishing():
            raise LeaseError(
                f"{self._place}: "
                + (
                    f"run {self._plan.writing_run} is publishing; wait for it to end"
                    if self._plan.writing_run
                    else "a run was interrupted while it published; run its job again, which"
                    " finishes that"
                )
                + ", then plan again"
            )
        try:
            yield
        except Exception as error:
            self._check_still(error)
            raise

    def recover(self) -> None:
        """Do nothing: there is nothing to finish."""

    def begin(self, report: RunReport) -> None:
        """Begin, with the scratch folder as the place of all files."""
        super().begin(report)
        self.staging = self._plan.scratch
        self._plan.report = report

    def remember_keys(self, source: str, method: Mapping[str, Any]) -> None:
        """Check how the keys of a source are made; InputError if the lake has other keys."""
        path = key_memory_path(self.root, self._pipeline.name, source)
        check_key_method(self._storage, path, method)

    def stage(self, change: Change, *, is_compared: bool = True) -> StagedTable:
        """Stage new content in the scratch folder."""
        staged = super().stage(change, is_compared=is_compared)
        self._staged.append(staged)
        return staged

    def publish(self, report: RunReport) -> None:
        """Note what the publish would change, instead of it."""
        paths = [target for _, target in self._journal.moves] + self._journal.deletes
        tables = [
            plan_table(
                self._engine,
                self._lake,
                staged,
                folders_in(self._lake.path(staged.table), paths),
            )
            for staged in self._staged
            if not is_quarantine(staged.table)
        ]
        self._check_still()
        self._plan.tables = tables

    def register(self, report: RunReport) -> None:
        """Do nothing: nothing was published."""

    def fail(self, report: RunReport) -> None:
        """Do nothing: the plan has the report."""

    def cancel(self, report: RunReport) -> None:
        """Do nothing: nobody needs the report."""

    @property
    def _place(self) -> str:
        return f"{self.root}/{self._pipeline.name}"

    def _is_publishing(self) -> bool:
        return bool(self._storage.files(journal_path(self.root, self._pipeline.name)))

    def _check_still(self, cause: Exception | None = None) -> None:
        """See that the lake is as it was found; LeaseError if a run has changed it."""
        ledger = read_ledger(self._storage, self.root, self._pipeline.name)
        if (
            self._is_publishing()
            or ledger != self._ledger.before
            or any(
                self._storage.files(self._lake.path(table))
                != self._lake.all_files(table)
                for table in self._tables
            )
        ):
            raise LeaseError(
                f"{self._place}: a run published while this plan was made, so its figures would be"
                " of two states; plan again"
            ) from cause
