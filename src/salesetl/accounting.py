"""Counting what became of the rows of a feed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from salesetl.engines import functions as F
from salesetl.engines.base import Engine
from salesetl.money import Amounts, add_amounts
from salesetl.quality import ACCEPTED, CONFLICT, DUPLICATE, QUARANTINED, READ_RULES
from salesetl.runs import rejected_ratio
from salesetl.schemas.table import Table

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


@dataclass(frozen=True)
class Tally:
    """What became of the rows of one feed, counted. `amounts` are of accepted rows."""

    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    duplicates_removed: int = 0
    rows_set_aside: int = 0
    rows_by_reason: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    amounts: Amounts = field(default_factory=dict)

    @property
    def rejected_ratio(self) -> float:
        """Share of the rows that were to be loaded and broke a rule."""
        return rejected_ratio(
            self.rows_read, self.rows_quarantined, self.rows_set_aside
        )

    def counts(self) -> dict[str, Any]:
        """Return what a run report says of a feed."""
        return {
            "rows_read": self.rows_read,
            "rows_loaded": self.rows_loaded,
            "rows_quarantined": self.rows_quarantined,
            "duplicates_removed": self.duplicates_removed,
            "rows_set_aside": self.rows_set_aside,
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
    # Few rows break a rule and most of those one, so that there are few groups.
    groups = engine.rows(
        labelled.groupBy("_outcome", "_reasons", "_warnings", _currency(table)).agg(
            F.count("*").alias("rows"),
            F.expr(f"cast(sum({table.amount or 'null'}) as string)").alias("amount"),
        )
    )
    set_aside = {rule.name for rule in table.rules if rule.level == "set_aside"}
    rows, reasons, warnings = Counter[str](), Counter[str](), Counter[str]()
    rows_set_aside, amounts = 0, dict[str | None, Decimal]()
    for group in groups:
        rows[group["_outcome"]] += group["rows"]
        broken = group["_reasons"].split()
        if group["_outcome"] == QUARANTINED:
            reasons.update(dict.fromkeys(broken, group["rows"]))
            rows_set_aside += group["rows"] if set_aside.intersection(broken) else 0
        if group["_outcome"] == ACCEPTED:
            warnings.update(dict.fromkeys(group["_warnings"].split(), group["rows"]))
            amount = {group["_currency"]: Decimal(group["amount"] or 0)}
            amounts = add_amounts(amounts, amount)
    names = [rule.name for rule in (*READ_RULES, *table.rules, CONFLICT)]
    return Tally(
        rows_read=rows.total(),
        rows_loaded=rows[ACCEPTED],
        rows_quarantined=rows[QUARANTINED],
        duplicates_removed=rows[DUPLICATE],
        rows_set_aside=rows_set_aside,
        rows_by_reason={name: reasons[name] for name in names if reasons[name]},
        warnings={name: warnings[name] for name in names if warnings[name]},
        amounts=amounts,
    )


def _currency(table: Table) -> Column:
    """Tell the currency of an accepted row; what others have there may be anything."""
    accepted = f"case when _outcome = '{ACCEPTED}' then {table.currency} end"
    currency = accepted if table.currency else "cast(null as string)"
    return F.expr(currency).alias("_currency")
