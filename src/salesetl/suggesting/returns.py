"""Asks whether rows are returns whose amounts have no sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from salesetl.mapping.tokens import quoted
from salesetl.suggesting.asking import Asker
from salesetl.suggesting.draft import Draft, literals
from salesetl.suggesting.states import states_like
from salesetl.suggesting.table_samples import Column

_RETURNS = {
    *("return", "returned", "refund", "refunded", "credit", "retoure", "gutschrift"),
    *("devolucao", "devolucion", "retour", "avoir", "reso", "retur"),
}


def negate_returns(
    draft: Draft,
    columns: Iterable[Column],
    amounts: Mapping[str, str],
    numbers: Mapping[str, Sequence[Decimal | None]],
    asker: Asker,
) -> set[str]:
    """Give amounts a minus on rows that a column says are returns, if that is the answer.

    `amounts` maps columns of the contract to those of the file, of which `numbers` are the values.
    Returns the column of the file that the expressions need.
    """
    for column in columns:
        found = states_like(column, _RETURNS)
        unsigned = {
            role: name
            for role, name in amounts.items()
            if _is_unsigned(column, found, numbers[name])
        }
        if not unsigned:
            continue
        answer = asker.answer(
            "returns",
            f"Rows with {', '.join(map(repr, found))} as {column.name!r} have"
            f" {' and '.join(map(repr, unsigned.values()))} above zero. Are they returns?",
            {
                "negate": "they are returns, and count with a minus",
                "sales": "they are sales",
            },
        )
        if answer == "sales":
            return set()
        is_return = f"{quoted(column.name)} in ({literals(found)})"
        for role, name in unsigned.items():
            value = draft.entries.get("expressions", {}).get(role, quoted(name))
            expression = f"case when {is_return} then -{value} else {value} end"
            draft.put(f"expressions.{role}", expression)
        return {column.name}
    return set()


def _is_unsigned(
    column: Column, states: Sequence[str], values: Sequence[Decimal | None]
) -> bool:
    """Tell whether the values of rows with some states are all above zero, but for zeros."""
    found = [
        value
        for state, value in zip(column.values, values, strict=True)
        if state in states and value
    ]
    return bool(found) and all(value > 0 for value in found)
