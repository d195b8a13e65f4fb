"""Registers what a run publishes in the Glue Data Catalog."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from salesetl.catalog import Catalog, Entry
from salesetl.catalog.tables import Values, partition_values
from salesetl.destinations.journal import Journal
from salesetl.errors import ArgumentError, CatalogError, one_line
from salesetl.model.quarantine_table import is_quarantine
from salesetl.model.table import Table
from salesetl.runs import RunReport
from salesetl.storage import is_local, join

logger = logging.getLogger(__name__)


class Registering:
    """The tables and partitions that a run registers; without a database it registers nothing."""

    def __init__(
        self, root: str, database: str | None, tables: Sequence[Table]
    ) -> None:
        """Take the tables that may be registered; ArgumentError for a lake that is not on S3."""
        if database and is_local(root):
            raise ArgumentError(
                f"--database {database}: {root} is on this machine, but the Data Catalog holds only"
                " tables on S3; leave --database out, or use an --output_path on S3"
            )
        self.root = root
        self._tables = tables
        self._catalog = Catalog(database) if database else None
        self._touched: dict[str, dict[Values, bool]] = {}

    def check(self) -> None:
        """Check that all tables can be registered, before any work; CatalogError if not."""
        if self._catalog:
            self._catalog.check(
                [Entry(table, self.root, is_optional=True) for table in self._tables]
            )

    def touch(
        self, table: Table, folders: Iterable[str], filled: Iterable[str] = ()
    ) -> None:
        """Note the partitions of a table that the run has changed, and which of them have files."""
        noted = self._touched.setdefault(table.name, {})
        noted |= dict.fromkeys(partition_values(folders), False)
        noted |= dict.fromkeys(partition_values(filled), True)

    def touch_recovered(self, journal: Journal) -> None:
        """Note the partitions that a killed run began to publish and this run has finished."""
        targets = [target for _, target in journal.moves]
        for table in self._tables:
            root = join(self.root, table.folder)
            filled = folders_in(root, targets)
            if touched := filled | folders_in(root, journal.deletes):
                self.touch(table, touched, filled)

    def announce(self, report: RunReport) -> None:
        """Note in the report, before the publish, that registering is still to be done."""
        if self._catalog:
            report.catalog = _told(self._catalog.database, "not registered yet")

    def register(self, report: RunReport) -> None:
        """Register the changed partitions, and note it in the report; CatalogError on failure."""
        if self._catalog:
            self._register(self._catalog, report, self._entries(), "is published")

    def register_quarantine(self, report: RunReport) -> bool:
        """Register the quarantine of a failed run; False if the report does not change.

        Why the run failed matters more than that this failed too, so that is a warning.
        """
        entries = [each for each in self._entries() if is_quarantine(each.table)]
        if not self._catalog or not entries:
            return False
        try:
            self._register(self._catalog, report, entries, "has failed")
        except CatalogError as error:
            logger.warning("%s", error)
        return True

    def _register(
        self, catalog: Catalog, report: RunReport, entries: Sequence[Entry], what: str
    ) -> None:
        report.catalog = _told(catalog.database, None)
        try:
            outcome = catalog.apply(entries)
        except Exception as error:
            report.catalog["error"] = one_line(error)
            raise CatalogError(
                f"run {report.run_id} {what}, but is not registered: {one_line(error)}."
                f" Then run: salesetl catalog apply {self._tables[0].namespace} --database"
                f" {catalog.database} --output_path {self.root}, or the job again, which is safe"
            ) from error
        for name in ("tables", "partitions_added", "partitions_removed"):
            report.catalog[name] = getattr(outcome, name)

    def _entries(self) -> list[Entry]:
        """Return the published tables, and those of quarantine in which something has changed."""
        return [
            self._entry(table, self._touched.get(table.name, {}))
            for table in self._tables
            if not is_quarantine(table) or table.name in self._touched
        ]

    def _entry(self, table: Table, touched: Mapping[Values, bool]) -> Entry:
        filled = frozenset(values for values, has_files in touched.items() if has_files)
        return Entry(
            table,
            self.root,
            filled,
            frozenset(touched) - filled,
            is_optional=is_quarantine(table) and not filled,
        )


def folders_in(root: str, paths: Iterable[str]) -> set[str]:
    """Return the partition folders below the root of a table that some files are in."""
    return {
        path.removeprefix(f"{root}/").rpartition("/")[0]
        for path in paths
        if path.startswith(f"{root}/")
    }


def _told(database: str, error: str | None) -> dict[str, Any]:
    return {
        "database": database,
        "tables": [],
        "partitions_added": 0,
        "partitions_removed": 0,
        "error": error,
    }
