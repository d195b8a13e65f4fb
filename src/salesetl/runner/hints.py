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
# The share of all rows that break a rule from which on there is a common cause to look for; in a
# small delivery, from which on one row is enough.
_COMMON = 0.005
_LEAST = 0.1


def hints_of(classified: Classified) -> list[str]:
    """Return the likely causes of rejected rows, each as a sentence; the rows are looked at once.

    One row among many may be anything.
    """
    tally = classified.tally
    counts = tally.rows_by_reason
    least = max(min(2, tally.rows_read * _LEAST), tally.rows_read * _COMMON)
    asked = [
        (rule.name, cause)
        for rule in all_rules(classified.contract)
        if rule.name in counts and counts[rule.name] >= least
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
