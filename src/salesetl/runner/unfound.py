"""Counts the rows that a look-up does not know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl.quality.judging import FILTERED
from salesetl.runner.classifying import Classified

if TYPE_CHECKING:
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F


def count_unfound(classified: Classified) -> None:
    """Add to the facts of the look-ups of a source how many of its rows they do not know.

    Filtered rows and malformed ones do not count.
    """
    lookups = classified.delivered.raw.lookups
    if not lookups:
        return
    meant = classified.rows.where(f"_fault = '' and _outcome <> '{FILTERED}'")
    counts = {
        name: F.expr(f"sum(case when _in_{name} then 0 else 1 end)").alias(name)
        for name in lookups
    }
    [found] = classified.engine.rows(meant.agg(*counts.values()))
    for name, facts in lookups.items():
        facts["rows_without"] = int(found[name] or 0)
