"""Finds what may be behind the rows that a source rejected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from salesetl.quality.judging import all_rules, breaks
from salesetl.runner.classifying import Classified

if TYPE_CHECKING:
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

# The share of the rows that break a rule of which a cause must be true.
_MOST = 0.8


def hints_of(classified: Classified) -> list[str]:
    """Return the likely causes of rejected rows, each as a sentence; the rows are looked at once.

    One row alone may be anything, so there must be two.
    """
    counts = classified.tally.rows_by_reason
    asked = [
        (rule.name, cause)
        for rule in all_rules(classified.contract)
        if counts.get(rule.name, 0) > 1
        for cause in rule.causes
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
        if (found[f"_{n}"] or 0) >= _MOST * counts[name]
    ]
    return list(dict.fromkeys(hints))
