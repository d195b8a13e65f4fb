"""Writes how a sample has its numbers into a profile."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, replace
from decimal import Decimal

from salesetl.errors import InputError
from salesetl.mapping.numbers import NumberForm, currency_mark
from salesetl.model.table import Table
from salesetl.suggesting.draft import Draft

# Marks that only one currency has.
CURRENCY_MARKS = {
    "R$": "BRL",
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₺": "TRY",
    "zł": "PLN",
    "Kč": "CZK",
}


def put_number_form(draft: Draft, form: NumberForm, mark: str | None) -> None:
    """Write what is not plain in a form of numbers; only the one mark of a currency is read."""
    form = replace(form, currency=form.currency and not mark, mark=mark or "")
    plain = asdict(NumberForm())
    entries = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(form).items()
        if value != plain[name]
    }
    if entries:
        draft.put_section("number", entries)


def is_rounded(
    draft: Draft, table: Table, role: str, text: str, values: Sequence[Decimal | None]
) -> bool:
    """Round a number that has more decimals than the contract; False if it can be taken as it is.

    `text` is its expression. Where a setting of the contract allows decimals, they are allowed.
    """
    scale = getattr(table.field(role).dataType, "scale", 0)
    decimals = max(map(_decimals, filter(None, values)), default=0)
    setting = f"{role}_decimals"
    if decimals and setting in {each.name for each in table.settings}:
        draft.put(f"rules.{setting}", min(scale, decimals), "goods by weight")
    if decimals > scale:
        draft.put(f"expressions.{role}", f"round({text}, {scale})")
    return decimals > scale


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent))


def currency_mark_of(texts: Iterable[str], path: str) -> str | None:
    """Return the mark of a currency that stands beside amounts, if there is one.

    InputError for amounts of several currencies, which must not be added.
    """
    marks = sorted({mark for text in texts if (mark := currency_mark(text))})
    if len(marks) > 1:
        raise InputError(
            f"{path}: amounts are in several currencies ({', '.join(marks)}) and no column tells"
            " which; export one file a currency, or a column with its code"
        )
    return marks[0] if marks else None


def currency_of(mark: str, codes: Collection[str]) -> str | None:
    """Return the code of the currency that has a mark; None if several have it."""
    code = CURRENCY_MARKS.get(mark, mark)
    return code if code in codes else None
