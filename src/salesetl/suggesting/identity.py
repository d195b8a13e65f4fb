"""Finds what tells one row of a sample from all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from salesetl.suggesting.candidates import named_like
from salesetl.suggesting.table_samples import Column

# The share of rows that may share a key, for a file has a mistake now and then.
_MOST_SHARED = 0.001


@dataclass(frozen=True)
class Identity:
    """The columns that make the key of a row; `counts_lines` if equal rows are counted too."""

    parts: tuple[str, ...]
    counts_lines: bool = False


def identity_of(columns: Sequence[Column], key: str, others: Sequence[str]) -> Identity:
    """Find the key: a column, one with a line number, or one with `others` and a count of rows."""
    # A row that is there twice, whole, is one row.
    names = [each.name for each in columns]
    rows = dict.fromkeys(zip(*(each.values for each in columns), strict=True))
    values = dict(zip(names, zip(*rows, strict=True), strict=True))
    # The first column is mostly the one that identifies.
    orders = named_like(key, names) or names[:1]
    for name in orders:
        if _is_key([values[name]]):
            return Identity((name,))
    lines = named_like("line_number", names)
    for order in orders:
        for line in lines:
            if line != order and _is_key([values[order], values[line]]):
                return Identity((order, line))
    # What is counted has a digest of all values too.
    named = [name for name in orders[:1] if named_like(key, [name])]
    return Identity(tuple(named or others), counts_lines=True)


def _is_key(columns: Sequence[Sequence[str]]) -> bool:
    keys = list(zip(*columns, strict=True))
    filled = [key for key in keys if all(key)]
    shared = sum(count - 1 for count in Counter(filled).values())
    return len(keys) - len(filled) + shared <= _MOST_SHARED * len(keys)
