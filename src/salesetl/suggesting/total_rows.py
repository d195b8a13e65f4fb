"""Finds rows that are totals of others, and no sales."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from salesetl.errors import InputError
from salesetl.mapping.tokens import quoted
from salesetl.suggesting.draft import Draft, literals
from salesetl.suggesting.known_names import words_of
from salesetl.suggesting.table_samples import Column

_TOTALS = frozenset(
    "total totals subtotal sum summe gesamt gesamtsumme zwischensumme totale totaal totais soma"
    " suma somme zusammen razem celkem".split()
)
# What may stand beside these words; any other word may be the name of a product.
_BESIDE = frozenset(
    "grand general geral generale overall sub net final all of rows".split()
)
# A total says nothing of most columns.
_MOST_FILLED = 0.5
# A shop that sells things of that name has many of them.
_MOST_ROWS = 0.2


def without_totals(
    draft: Draft, columns: Sequence[Column], path: str
) -> tuple[list[Column], set[str]]:
    """Filter rows that are totals; return the columns without them, and what the filter needs.

    InputError if there are no other rows.
    """
    rows = [*zip(*(each.values for each in columns), strict=True)]
    named = {
        place: name
        for place, row in enumerate(rows)
        if (name := _total_in(row)) is not None
    }
    if not named or len(named) > max(1, _MOST_ROWS * len(rows)):
        return list(columns), set()
    kept = [row for place, row in enumerate(rows) if place not in named]
    texts: dict[str, list[str]] = {}
    for place, number in named.items():
        texts.setdefault(columns[number].name, []).append(rows[place][number])
    shown = ", ".join(map(repr, dict.fromkeys(chain.from_iterable(texts.values()))))
    if not kept:
        raise InputError(
            f"{path}: all rows are totals, with {shown}; export the sales themselves"
        )
    condition = " and ".join(
        f"coalesce({quoted(name)}, '') not in ({literals(dict.fromkeys(found))})"
        for name, found in texts.items()
    )
    needed = set(texts)
    # A product may be called like a total.
    lacking = _most_filled(kept, [rows[place] for place in named])
    if lacking is not None:
        filled = columns[lacking].name
        condition = f"{condition} or {quoted(filled)} is not null"
        needed.add(filled)
    draft.keep(condition, "totals are no sales")
    draft.remarks.append(f"rows with {shown} are totals, and are filtered")
    values = zip(*kept, strict=True)
    found = [Column(each.name, own) for each, own in zip(columns, values, strict=True)]
    return found, needed


def _most_filled(
    sales: Sequence[Sequence[str]], totals: Sequence[Sequence[str]]
) -> int | None:
    """Return the place of the column that most sales have, of those that no total has."""
    filled = {
        place: sum(bool(row[place]) for row in sales)
        for place in range(len(sales[0]))
        if not any(row[place] for row in totals)
    }
    return max(filled, key=filled.__getitem__, default=None)


def _total_in(row: Sequence[str]) -> int | None:
    """Return the place of the word that says that a row is a total."""
    filled = [place for place, value in enumerate(row) if value]
    if len(filled) > _MOST_FILLED * len(row):
        return None
    return next((place for place in filled if _names_a_total(row[place])), None)


def _names_a_total(text: str) -> bool:
    words = words_of(text)
    others = [each for each in words if each not in _TOTALS | _BESIDE]
    return not _TOTALS.isdisjoint(words) and all(map(str.isdigit, others))
