"""Decides whether `1.250` is a number above a thousand, or one of three decimals."""

from __future__ import annotations

from dataclasses import replace

from salesetl.model.table import Table
from salesetl.suggesting.amounts_found import find_amounts
from salesetl.suggesting.asking import Asker
from salesetl.suggesting.candidates import Candidates


def with_number_form(candidates: Candidates, table: Table, asker: Asker) -> Candidates:
    """Choose the form of numbers with which amounts add up; ask if that does not tell."""
    forms = candidates.number_forms
    possible = [replace(candidates, chosen=form) for form in forms]
    adding_up = [each for each in possible if _adds_up(table, each)]
    left = adding_up or possible
    if len(left) == 1:
        return left[0]
    example = next(
        value
        for column in candidates.columns
        for value in column.filled
        if len({each.number.read(value) for each in left}) > 1
    )
    # Three decimals are rarer in amounts than thousands.
    left.sort(key=lambda each: each.number.read(example) or 0, reverse=True)
    read = {f"{each.number.read(example):f}": each for each in left}
    answer = asker.answer(
        "number",
        f"What number is {example!r}?",
        {text: f"it is {text}" for text in read},
    )
    return read[answer]


def _adds_up(table: Table, candidates: Candidates) -> bool:
    """Tell whether columns add up to a total."""
    asker = Asker()
    amounts = find_amounts(table, candidates, asker)
    return (
        bool(set(table.amounts) & set(amounts.columns))
        and "amount" not in asker.answers
    )
