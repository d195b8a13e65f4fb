"""Counts the rows and amounts of a source by outcome."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from salesetl.engines.engine import Engine
from salesetl.model.table import Table
from salesetl.money import Sums, add_sums
from salesetl.quality.judging import (
    ACCEPTED,
    DUPLICATE,
    FILTERED,
    QUARANTINED,
    SUPERSEDED,
    all_rules,
)
from salesetl.runs import rejected_ratio

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

LOADED, REJECTED, OUT_OF_RANGE = "loaded", "rejected", "out_of_range"
# The currency of an amount of which nobody knows what it is.
_UNKNOWN = "?"
_STATES = (LOADED, REJECTED, OUT_OF_RANGE)


@dataclass(frozen=True)
class Tally:
    """The rows of one source, counted by outcome.

    `sums` are those of its amounts, by what became of the rows: of rows that were rejected or are
    out of range only where the amount and its currency could be read.
    """

    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    duplicates_removed: int = 0
    rows_filtered: int = 0
    rows_superseded: int = 0
    rows_out_of_range: int = 0
    rows_by_reason: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    sums: Mapping[str, Sums] = field(default_factory=dict)

    @property
    def rejected_ratio(self) -> float:
        """Share of the rows that were to be loaded and broke a rule."""
        return rejected_ratio(
            self.rows_read - self.rows_filtered,
            self.rows_quarantined,
            self.rows_out_of_range,
        )

    @property
    def loaded(self) -> Sums:
        """Sums of the amounts of accepted rows."""
        return self.sums.get(LOADED, {})

    def counts(self) -> dict[str, Any]:
        """Return what a run report says of a source."""
        return {
            "rows_read": self.rows_read,
            "rows_loaded": self.rows_loaded,
            "rows_quarantined": self.rows_quarantined,
            "duplicates_removed": self.duplicates_removed,
            "rows_filtered": self.rows_filtered,
            "rows_superseded": self.rows_superseded,
            "rows_out_of_range": self.rows_out_of_range,
            "rows_by_reason": self.rows_by_reason,
            "warnings": self.warnings,
        }

    @property
    def is_balanced(self) -> bool:
        """Whether every row read is loaded, quarantined, a duplicate or filtered."""
        accounted = self.rows_loaded + self.rows_quarantined + self.duplicates_removed
        return self.rows_read == accounted + self.rows_filtered


def count_outcomes(engine: Engine, classified: DataFrame, table: Table) -> Tally:
    """Count the rows of a classified frame by outcome, broken rule and warning, in one pass."""
    # Few rows break a rule and most of those one, so that there are few groups.
    groups = engine.rows(
        classified.groupBy("_outcome", "_reasons", "_warnings", _currency(table)).agg(
            F.count("*").alias("_rows"), *map(_sum_of, table.reconciled_amounts)
        )
    )
    ranges = {rule.name for rule in table.rules if rule.level == "out_of_range"}
    rows, reasons, warnings = Counter[str](), Counter[str](), Counter[str]()
    rows_out_of_range = 0
    for group in groups:
        rows[group["_outcome"]] += group["_rows"]
        state = _state(group, ranges)
        if state in (REJECTED, OUT_OF_RANGE):
            reasons.update(dict.fromkeys(group["_reasons"].split(), group["_rows"]))
        if state == OUT_OF_RANGE:
            rows_out_of_range += group["_rows"]
        if state == LOADED:
            warnings.update(dict.fromkeys(group["_warnings"].split(), group["_rows"]))
    names = [rule.name for rule in all_rules(table)]
    return Tally(
        rows_read=rows.total(),
        rows_loaded=rows[ACCEPTED],
        rows_quarantined=rows[QUARANTINED],
        duplicates_removed=rows[DUPLICATE],
        rows_filtered=rows[FILTERED],
        rows_superseded=sum(
            group["_rows"]
            for group in groups
            if (group["_outcome"], group["_warnings"]) == (DUPLICATE, SUPERSEDED)
        ),
        rows_out_of_range=rows_out_of_range,
        rows_by_reason={name: reasons[name] for name in names if reasons[name]},
        warnings={name: warnings[name] for name in names if warnings[name]},
        sums={state: _sums_of_state(table, groups, state, ranges) for state in _STATES},
    )


def sums_of(names: Iterable[str], groups: Iterable[Mapping[str, Any]]) -> Sums:
    """Add the amounts of groups of rows, each of a `_currency`, by amount and currency."""
    names = list(names)
    return add_sums(
        names,
        (
            {name: {group["_currency"]: Decimal(group[name] or 0)} for name in names}
            for group in groups
        ),
    )


def _sums_of_state(
    table: Table, groups: Iterable[Mapping[str, Any]], state: str, ranges: set[str]
) -> Sums:
    """Add the amounts of the rows that a state came of, where they tell their currency."""
    found = [group for group in groups if _state(group, ranges) == state]
    found = [group for group in found if group["_currency"] != _UNKNOWN]
    return sums_of(table.reconciled_amounts, found)


def _sum_of(amount: str) -> Column:
    # What is in a record that was not read right, engines tell each in its own way.
    read = f"case when _fault = '' then {amount} end"
    return F.expr(f"cast(sum({read}) as string)").alias(amount)


def _state(group: Mapping[str, Any], ranges: set[str]) -> str | None:
    """Tell what became of rows of an outcome and reasons; None for duplicates and filtered ones."""
    if group["_outcome"] == QUARANTINED:
        is_outside = ranges.intersection(group["_reasons"].split())
        return OUT_OF_RANGE if is_outside else REJECTED
    return LOADED if group["_outcome"] == ACCEPTED else None


def _currency(table: Table) -> Column:
    """Tell the currency of a row; of one that is not accepted only if it is one of the contract."""
    if not table.currency:
        return F.expr("cast(null as string)").alias("_currency")
    known = table.values(table.currency)
    condition = f"_outcome = '{ACCEPTED}'"
    if known:
        values = ", ".join(map(repr, known))
        claim = f"{table.currency} in ({values})"
        if table.currency in table.optional_columns:
            claim = f"({table.currency} is null or {claim})"
        condition += f" or _fault = '' and {claim}"
    return F.expr(
        f"case when {condition} then {table.currency} else '{_UNKNOWN}' end"
    ).alias("_currency")
