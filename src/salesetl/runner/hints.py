"""Finds what may be behind the rows that a source rejected."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from salesetl.quality.judging import all_rules, breaks
from salesetl.runner.classifying import Classified

if TYPE_CHECKING:
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

# A cause is shown if it holds for this share of the rows that break a rule.
_EXPLAINED_SHARE = 0.8
# Fewer rows than this share of all have no cause in common; of a few rows one is enough.
_COMMON_SHARE, _FEW_ROWS_SHARE = 0.005, 0.1


def hints_of(classified: Classified) -> list[str]:
    """Return the likely causes of rejected rows, each as a sentence; the rows are looked at once.

    One row among many may be anything.
    """
    tally, profile = classified.tally, classified.delivered.profile
    counts = tally.rows_by_reason
    least = _least_rows(tally.rows_read)
    asked = [
        (rule.name, cause)
        for rule in all_rules(classified.contract)
        if rule.name in counts and counts[rule.name] >= least
        for cause in rule.causes
        if not (cause.unless and attrgetter(cause.unless)(profile))
    ]
    if not asked:
        return []
    likely = (
        f"sum(case when {breaks(name)} and ({cause.condition}) then 1 else 0 end)"
        for name, cause in asked
    )
    [found] = classified.engine.rows(
        classified.rows.where("_outcome = 'quarantined'").agg(
            *(F.expr(sql).alias(f"_{n}") for n, sql in enumerate(likely))
        )
    )
    hints = [
        cause.hint
        for n, (name, cause) in enumerate(asked)
        if (found[f"_{n}"] or 0) >= _EXPLAINED_SHARE * counts[name]
    ]
    return list(dict.fromkeys(hints))


def _least_rows(rows_read: int) -> float:
    """Return how many rows must break a rule before a cause is looked for."""
    return max(min(2, rows_read * _FEW_ROWS_SHARE), rows_read * _COMMON_SHARE)
