"""Writes how a sample has its numbers into a profile."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal

from salesetl.mapping.numbers import NumberForm
from salesetl.model.table import Table
from salesetl.suggesting.draft import Draft, quoted

# Signs that only one currency has.
SIGNS = {
    "R$": "BRL",
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "₺": "TRY",
    "zł": "PLN",
    "Kč": "CZK",
}


def put_number_form(draft: Draft, form: NumberForm) -> None:
    """Write what is not plain in a form of numbers."""
    plain = asdict(NumberForm())
    entries = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(form).items()
        if value != plain[name]
    }
    if entries:
        draft.put_section("number", entries)


def is_rounded(
    draft: Draft, table: Table, role: str, name: str, values: Sequence[Decimal | None]
) -> bool:
    """Round a column that has more decimals than the contract; False if it can be taken as it is.

    Where a setting of the contract allows decimals, they are allowed.
    """
    scale = getattr(table.schema[role].dataType, "scale", 0)
    decimals = max(map(_decimals, filter(None, values)), default=0)
    setting = f"{role}_decimals"
    if decimals and setting in {each.name for each in table.settings}:
        draft.put(f"rules.{setting}", min(scale, decimals), "goods by weight")
    elif decimals > scale:
        draft.put(f"expressions.{role}", f"round({quoted(name)}, {scale})")
        return True
    return False


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.normalize().as_tuple().exponent))


def currency_of(texts: Iterable[str]) -> str | None:
    """Return the currency whose sign stands beside amounts, if there is one."""
    codes: Collection[str] = {
        code for text in texts for sign, code in SIGNS.items() if sign in text
    }
    return next(iter(codes)) if len(codes) == 1 else None
