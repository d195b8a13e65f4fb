"""Finds published rows that lack values that a look-up has now."""

from __future__ import annotations

import logging
import shlex
from collections.abc import Mapping
from typing import TYPE_CHECKING

from salesetl.destinations.lake import Change, folder_of
from salesetl.model.options import LoadOptions, options_of
from salesetl.model.pipeline import Refresh
from salesetl.model.table import Table
from salesetl.runner.run import Run
from salesetl.runs import RunReport

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

logger = logging.getLogger(__name__)


def stale_partitions(
    run: Run, table: Table, refresh: Refresh, lookup: DataFrame
) -> dict[str, int]:
    """Count, by partition of a table, the rows that lack values that a look-up has now."""
    partitions = run.destination.partitions(table)
    if not partitions:
        return {}
    rows = run.destination.read(table, partitions)
    stale = refresh.keep_stale(rows, lookup)
    counts = stale.groupBy(*table.partition_by).agg(F.count("*").alias("_rows"))
    found = run.engine.rows(counts.where("_rows > 0"))
    return {folder_of(row, table): row["_rows"] for row in found}


def report_stale_rows(
    report: RunReport,
    table: Table,
    refresh: Refresh,
    stale: Mapping[str, int],
    change: Change,
    options: LoadOptions,
) -> None:
    """Report how many rows lack values that a look-up has now, and how to add them.

    The partitions that are written have it.
    """
    left = {
        folder: rows for folder, rows in stale.items() if folder not in change.folders
    }
    report.rows_to_refresh = sum(left.values())
    if left:
        logger.warning(
            "%d rows of %s in %d partitions lack values that %s now have; to add them, run:"
            " python jobs/%s.py %s --%s true",
            report.rows_to_refresh,
            table.name,
            len(left),
            refresh.of,
            report.job,
            _words(report, options),
            refresh.option,
        )


def _words(report: RunReport, options: LoadOptions) -> str:
    """Write the arguments of a run, but for those that are as they are without being given."""
    defaults = {each.name: str(each.default) for each in options_of(type(options))}
    return " ".join(
        f"--{name} {shlex.quote(text)}"
        for name, text in report.arguments.items()
        if text not in (None, defaults[name]) and name not in ("run_id", "replay_of")
    )
