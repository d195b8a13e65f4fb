"""Finds rows that are totals of others, and no sales."""

from __future__ import annotations

from collections.abc import Sequence

from salesetl.suggesting.draft import Draft, literals, quoted
from salesetl.suggesting.known_names import words_of
from salesetl.suggesting.table_samples import Column

_TOTALS = {
    *(
        "total",
        "totals",
        "subtotal",
        "sum",
        "summe",
        "gesamt",
        "gesamtsumme",
        "zwischensumme",
    ),
    *("totale", "totaal", "totais", "soma", "suma", "somme", "zusammen"),
}
# A total says nothing of most columns.
_MOST_FILLED = 0.5
# A shop that sells things of that name has many of them.
_MOST_ROWS = 0.2


def without_totals(
    draft: Draft, columns: Sequence[Column]
) -> tuple[list[Column], set[str]]:
    """Filter rows that are totals; return the columns without them, and what the filter needs."""
    rows = [*zip(*(each.values for each in columns), strict=True)]
    named = {
        place: name
        for place, row in enumerate(rows)
        if (name := _total_in(row)) is not None
    }
    if not named or len(named) > max(1, _MOST_ROWS * len(rows)):
        return list(columns), set()
    texts: dict[str, list[str]] = {}
    for place, number in named.items():
        texts.setdefault(columns[number].name, []).append(rows[place][number])
    conditions = [
        f"coalesce({quoted(name)}, '') not in ({literals(dict.fromkeys(found))})"
        for name, found in texts.items()
    ]
    draft.keep(" and ".join(conditions), "totals are no sales")
    kept = [row for place, row in enumerate(rows) if place not in named]
    values = zip(*kept, strict=True)
    found = [Column(each.name, own) for each, own in zip(columns, values, strict=True)]
    return found, set(texts)


def _total_in(row: Sequence[str]) -> int | None:
    """Return the place of the word that says that a row is a total."""
    filled = [place for place, value in enumerate(row) if value]
    if len(filled) > _MOST_FILLED * len(row):
        return None
    return next(
        (place for place in filled if set(words_of(row[place])) & _TOTALS), None
    )
