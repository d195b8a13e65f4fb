"""Faults in a delivery, and the counts that a correct job must report for them."""

import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, Generic, TypeVar

BROKEN_CHARACTER = "\ue0ff"
"""Stands for a byte that no UTF-8 text has."""

Record = TypeVar("Record")


@dataclass(frozen=True)
class Dirt(Generic[Record]):
    """A kind of fault: the lines it makes from a record, and their expected outcome.

    Of its lines, `loaded` are loaded, `duplicates` are counted as such, and the others are
    quarantined for `reason`. `warning` is counted for what is loaded.
    """

    name: str
    lines: Callable[[Record], list[str]]
    reason: str = ""
    loaded: int = 0
    duplicates: int = 0
    warning: str = ""


@dataclass
class Answers:
    """The expected report for generated records; `ids_name` is the name of their ids."""

    ids_name: str
    rows_read: int = 0
    rows_loaded: int = 0
    rows_quarantined: int = 0
    duplicates_removed: int = 0
    # By currency; of records that name none under an empty name.
    cents_loaded: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    rows_by_reason: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    warnings: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add_clean(self, rows: int, cents: int, currency: str = "") -> None:
        """Count rows without a fault, all of one currency."""
        self.rows_read += rows
        self.rows_loaded += rows
        self.cents_loaded[currency] += cents

    def add(
        self,
        dirt: Dirt[Any],
        record_id: str,
        amount: Decimal,
        lines: int,
        currency: str = "",
    ) -> None:
        """Count the lines that a fault has made of a record; `amount` is what one of them adds."""
        quarantined = lines - dirt.loaded - dirt.duplicates
        self.rows_read += lines
        self.rows_loaded += dirt.loaded
        self.rows_quarantined += quarantined
        self.duplicates_removed += dirt.duplicates
        if quarantined:
            self.rows_by_reason[dirt.reason] += quarantined
        if dirt.warning:
            self.warnings[dirt.warning] += dirt.loaded
        if dirt.loaded:
            self.cents_loaded[currency] += int(amount * 100)
        self.ids[dirt.name].append(record_id)

    def as_dict(self) -> dict[str, Any]:
        """Return the answers as their JSON file has them: totals, then each kind of fault."""
        return {
            "rows_read": self.rows_read,
            "rows_loaded": self.rows_loaded,
            "rows_quarantined": self.rows_quarantined,
            "duplicates_removed": self.duplicates_removed,
            "amount_loaded": self._amounts(),
            "rows_by_reason": dict(sorted(self.rows_by_reason.items())),
            "warnings": dict(sorted(self.warnings.items())),
            "dirt": {
                name: {"count": len(ids), self.ids_name: ids}
                for name, ids in sorted(self.ids.items())
            },
        }

    def _amounts(self) -> dict[str, str]:
        return {
            currency: str(Decimal(cents).scaleb(-2))
            for currency, cents in sorted(self.cents_loaded.items())
        }

    def write(self, path: Path, *, has_dirt: bool) -> None:
        """Write the answers, or remove those of an earlier delivery when there is no dirt."""
        path.unlink(missing_ok=True)
        if has_dirt:
            path.parent.mkdir(exist_ok=True)
            path.write_text(json.dumps(self.as_dict(), indent=2) + "\n")
