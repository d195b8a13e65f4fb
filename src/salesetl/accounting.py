"""Counting what became of the rows of a feed."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from salesetl.engines import functions as F
from salesetl.engines.base import Engine
from salesetl.quality import ACCEPTED, CONFLICT, DUPLICATE, QUARANTINED, WELL_FORMED
from salesetl.schemas.table import Table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


@dataclass(frozen=True)
class Tally:
    """What became of the rows of one feed, counted. `amount` is the sum over accepted rows."""

    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    duplicates_removed: int = 0
    rows_set_aside: int = 0
    rows_by_reason: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    amount: Decimal = Decimal(0)

    @property
    def rejected_ratio(self) -> float:
        """Share of the rows that were to be loaded and broke a rule."""
        asked_for = self.rows_read - self.rows_set_aside
        return (self.rows_quarantined - self.rows_set_aside) / max(asked_for, 1)

    def counts(self) -> dict[str, Any]:
        """Return what a run report says of a feed."""
        return {
            "rows_read": self.rows_read,
            "rows_loaded": self.rows_loaded,
            "rows_quarantined": self.rows_quarantined,
            "duplicates_removed": self.duplicates_removed,
            "rows_by_reason": self.rows_by_reason,
            "warnings": self.warnings,
        }

    @property
    def is_balanced(self) -> bool:
        """Whether every row read is loaded, quarantined or a duplicate."""
        accounted = self.rows_loaded + self.rows_quarantined + self.duplicates_removed
        return self.rows_read == accounted


def count_outcomes(engine: Engine, labelled: DataFrame, table: Table) -> Tally:
    """Count the rows of a labelled frame by outcome, broken rule and warning, in one pass."""
    broken = [
        WELL_FORMED,
        *(rule for rule in table.rules if rule.level != "warn"),
        CONFLICT,
    ]
    reasons = [rule.name for rule in broken]
    warnings = [rule.name for rule in table.rules if rule.level == "warn"]
    set_aside = [
        f"array_contains(_reasons, '{rule.name}')"
        for rule in broken
        if rule.level == "set_aside"
    ]
    is_set_aside = (
        f"_outcome = '{QUARANTINED}' and ({' or '.join(set_aside) or 'false'})"
    )
    counts = [
        "count(*) as rows_read",
        _count(f"_outcome = '{ACCEPTED}'", "rows_loaded"),
        _count(f"_outcome = '{QUARANTINED}'", "rows_quarantined"),
        _count(f"_outcome = '{DUPLICATE}'", "duplicates_removed"),
        _count(is_set_aside, "rows_set_aside"),
        *(
            _count(
                f"_outcome = '{QUARANTINED}' and array_contains(_reasons, '{name}')",
                f"reason_{name}",
            )
            for name in reasons
        ),
        *(
            _count(
                f"_outcome = '{ACCEPTED}' and array_contains(_warnings, '{name}')",
                f"warning_{name}",
            )
            for name in warnings
        ),
        f"cast(sum(case when _outcome = '{ACCEPTED}' then {table.amount or 'null'} end) as string)"
        " as amount",
    ]
    [row] = engine.rows(labelled.select(*map(F.expr, counts)))
    return Tally(
        rows_read=row["rows_read"],
        rows_loaded=row["rows_loaded"],
        rows_quarantined=row["rows_quarantined"],
        duplicates_removed=row["duplicates_removed"],
        rows_set_aside=row["rows_set_aside"],
        rows_by_reason={name: n for name in reasons if (n := row[f"reason_{name}"])},
        warnings={name: n for name in warnings if (n := row[f"warning_{name}"])},
        amount=Decimal(row["amount"] or 0),
    )


def _count(condition: str, name: str) -> str:
    return f"coalesce(sum(case when {condition} then 1 else 0 end), 0) as {name}"
