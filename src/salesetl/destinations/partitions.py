"""What a ledger remembers of the partitions that runs have written, so that few are looked into."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from salesetl.model.strategies import Merge
from salesetl.model.table import Table
from salesetl.storage import StoredFile

if TYPE_CHECKING:
    from pyspark.sql import Column
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

# The length of keys, and the first and the last of them: keys of one length are mostly numbered in
# the order of their text, which `9` and `10` are not.
KeyRange = tuple[int, str, str]


@dataclass(frozen=True)
class Sought:
    """The keys that are looked for in a table: the ranges they are in, None where not known.

    `days` are the first and the last day on which they may be; None for all.
    """

    ranges: Sequence[KeyRange] | None = None
    days: tuple[date, date] | None = None

    @classmethod
    def by(
        cls, table: Table, ranges: Sequence[KeyRange], days: Iterable[date | None]
    ) -> Sought:
        """Look for keys in some ranges, of rows of some days, as far as the contract bounds it.

        A row without a day, which is None, may be in any partition: then all are searched.
        """
        found, strategy = list(days), table.strategy
        bound = strategy.match_within_days if isinstance(strategy, Merge) else None
        known = sorted(filter(None, found))
        if bound is None or not known or len(known) < len(found):
            return cls(ranges)
        first, last = known[0].toordinal() - bound, known[-1].toordinal() + bound
        least, most = date.min.toordinal(), date.max.toordinal()
        return cls(
            ranges,
            (date.fromordinal(max(first, least)), date.fromordinal(min(last, most))),
        )

    def may_be_in(self, folder: str) -> bool:
        """Tell whether a partition has days on which the keys may be."""
        found = folder_days(folder)
        if not (self.days and found):
            return True
        return found[0] <= self.days[1] and self.days[0] <= found[1]

    def may_be_between(self, first: str, last: str) -> bool:
        """Tell whether a key may be between two texts, both included."""
        return self.ranges is None or any(
            first <= own_last and own_first <= last
            for _, own_first, own_last in self.ranges
        )


def folder_days(folder: str) -> tuple[date, date] | None:
    """Return the first and the last day of a partition; None if its name does not tell."""
    values = [part.partition("=") for part in folder.split("/")]
    try:
        match values:
            case [(_, _, day)]:
                return date.fromisoformat(day), date.fromisoformat(day)
            case [(year_name, _, year), (month_name, _, month)] if year_name.endswith(
                "year"
            ) and month_name.endswith("month"):
                first = date(int(year), int(month), 1)
                following = (first + timedelta(days=31)).replace(day=1)
                return first, following - timedelta(days=1)
    except (ValueError, OverflowError):
        # Such as of rows without a date.
        pass
    return None


@dataclass(frozen=True)
class PartitionEntry:
    """The files of a partition, by name with their sizes, as a run left them.

    `ranges` are those of the keys in it; None if they are not known. `stale` rows lacked values
    that a look-up had when its files were in the state `lookup`. `rows` is how many it has, and
    `sums` are those of its amounts by currency, '' where there is none, as texts; None if they are
    not known.
    """

    table: str
    folder: str
    files: dict[str, int]
    ranges: Sequence[KeyRange] | None = None
    lookup: str = ""
    stale: int = 0
    rows: int | None = None
    sums: dict[str, dict[str, str]] | None = None

    @classmethod
    def read(cls, entry: dict[str, Any]) -> PartitionEntry:
        """Read an entry as JSON has it."""
        ranges = entry["ranges"]
        if ranges is not None:
            ranges = [(length, first, last) for length, first, last in ranges]
        return cls(**{**entry, "ranges": ranges})

    def holds(self, files: Collection[StoredFile]) -> bool:
        """Tell whether a partition has the files that it had."""
        return {file.name: file.size for file in files} == self.files

    def may_hold(self, ranges: Iterable[KeyRange] | None) -> bool:
        """Tell whether a key that is in some ranges may be in the partition."""
        if self.ranges is None or ranges is None:
            return True
        return any(
            length == own and first <= own_last and own_first <= last
            for length, first, last in ranges
            for own, own_first, own_last in self.ranges
        )


@dataclass
class PartitionEntries:
    """The partitions of all tables of a namespace, by table and folder."""

    found: dict[tuple[str, str], PartitionEntry] = field(default_factory=dict)

    @classmethod
    def of(cls, partitions: Iterable[PartitionEntry]) -> PartitionEntries:
        """Hold some partitions."""
        return cls({(each.table, each.folder): each for each in partitions})

    def __iter__(self) -> Iterator[PartitionEntry]:
        """Yield the entries in order."""
        return iter(entry for _, entry in sorted(self.found.items(), key=itemgetter(0)))

    def known(
        self, table: str, files: Mapping[str, Collection[StoredFile]]
    ) -> dict[str, PartitionEntry]:
        """Return, by folder, the partitions of a table that have the files that they had."""
        entries = {folder: self.found.get((table, folder)) for folder in files}
        return {
            folder: entry
            for folder, entry in entries.items()
            if entry and entry.holds(files[folder])
        }


def key_column(table: Table) -> str | None:
    """Return the column whose ranges are remembered, the first of those that replace rows."""
    return next(iter(table.replaced_by), None)


def range_columns(column: str | None) -> tuple[Column, list[Column]]:
    """Return the length of a key, to group rows by, and the first and the last key to ask for."""
    text = F.col(column).cast("string") if column else F.lit(None).cast("string")
    ends = [F.min(text).alias("_first"), F.max(text).alias("_last")]
    return F.length(text).alias("_length"), ends


def ranges_by(
    rows: Iterable[Mapping[str, Any]], group: Callable[[Mapping[str, Any]], str]
) -> dict[str, list[KeyRange]]:
    """Return the ranges in rows, by what `group` says of each row."""
    ordered = sorted(rows, key=group)
    return {name: key_ranges(found) for name, found in groupby(ordered, group)}


def key_ranges(rows: Iterable[Mapping[str, Any]]) -> list[KeyRange]:
    """Return the ranges in rows that have `_length`, `_first` and `_last`, one for each length."""
    found: dict[int, tuple[str, str]] = {}
    for row in rows:
        if row["_length"] is not None:
            ends = (row["_first"], row["_last"])
            first, last = found.get(row["_length"], ends)
            found[row["_length"]] = min(first, ends[0]), max(last, ends[1])
    return [(length, *ends) for length, ends in sorted(found.items())]
