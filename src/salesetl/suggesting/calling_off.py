"""Asks whether rows are sales that a column says were called off."""

from __future__ import annotations

from collections.abc import Iterable

from salesetl.mapping.tokens import quoted
from salesetl.suggesting.asking import Asker
from salesetl.suggesting.draft import Draft, literals
from salesetl.suggesting.states import states_like
from salesetl.suggesting.table_samples import Column

_CALLED_OFF = {
    *("cancelled", "canceled", "void", "voided", "deleted", "test", "draft", "failed"),
    *(
        "storniert",
        "storno",
        "abgebrochen",
        "cancelado",
        "cancelada",
        "anulado",
        "annule",
    ),
    *("rejected", "unavailable"),
}


def filter_called_off(
    draft: Draft, columns: Iterable[Column], asker: Asker
) -> set[str]:
    """Filter such rows if that is the answer, and return the columns that the filter needs."""
    for column in columns:
        off = states_like(column, _CALLED_OFF)
        if not off:
            continue
        answer = asker.answer(
            "called_off",
            f"Some rows have {', '.join(map(repr, off))} as {column.name!r}. Are they sales?",
            {
                "load": "load them",
                "leave_out": "leave them out; they are counted as filtered",
            },
        )
        if answer == "load":
            return set()
        draft.keep(f"coalesce({quoted(column.name)}, '') not in ({literals(off)})")
        return {column.name}
    return set()
