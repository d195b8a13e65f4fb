"""Asks about amounts that a total adds up without: whether the total holds them already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from salesetl.characters import name_key
from salesetl.mapping.expressions import Expression
from salesetl.suggesting.asking import Asker
from salesetl.suggesting.known_names import words_of
from salesetl.suggesting.sums import Values, is_share, value_of

# A total that is called so has no tax.
_NET = frozenset("net netto nett neto excl exkl ohne subtotal".split())


@dataclass
class Amounts:
    """The columns of numbers, by the column of the contract; `shares` are parts of the product.

    `ones` are the operands that the file does not have, and of which each row counts one. `negated`
    are below zero in the file, and above it in the contract. What is `beside` the total is to be
    added with its sign; what is `inside` other amounts must not count, though the file has a column
    of that name.
    """

    columns: dict[str, str] = field(default_factory=dict)
    shares: dict[str, str] = field(default_factory=dict)
    ones: list[str] = field(default_factory=list)
    negated: set[str] = field(default_factory=set)
    beside: dict[str, str] = field(default_factory=dict)
    inside: list[str] = field(default_factory=list)


def ask_of_others(
    amounts: Amounts,
    total: str,
    formula: Expression,
    parts: Mapping[str, Sequence[str]],
    values: Mapping[str, Values],
    asker: Asker,
) -> None:
    """Ask about each part of the formula that the total adds up without, and note the answers.

    `parts` are the columns that each part may be, and `values` are the values of all columns.
    """
    column = amounts.columns[total]
    for role, columns in parts.items():
        names = [name for name in columns if any(values[name])]
        if role in amounts.columns or role in amounts.shares or not names:
            continue
        name, sign = names[0], _sign_of(role, formula)
        if _is_beside(role, name, sign, column, asker):
            amounts.beside[role] = sign
            kind = amounts.shares if is_share(values[name]) else amounts.columns
            kind[role] = name
        elif name_key(name) == role:
            amounts.inside.append(role)


def taken_off_below_zero(
    parts: Mapping[str, Sequence[str]],
    formula: Expression,
    values: Mapping[str, Values],
) -> set[str]:
    """Return the columns, such as of discounts, whose values are subtracted and below zero.

    In a contract, what is subtracted is above zero.
    """
    return {
        name
        for role, names in parts.items()
        if _sign_of(role, formula) == "-"
        for name in names
        if sum(filter(None, values[name])) < 0
    }


def counts_as_share(name: str, asker: Asker) -> bool:
    """Ask whether values from 0 to 1 are shares of the price; there is no total to tell."""
    answer = asker.answer(
        "share",
        f"There is no total. What are the values of {name!r}, which are from 0 to 1?",
        {
            "share": "shares of the price, such as 0.1 for 10 %",
            "amount": "amounts of money",
        },
    )
    return answer == "share"


def is_added(name: str, asker: Asker) -> bool:
    """Ask whether a tax is paid beside the price; there is no total to tell."""
    answer = asker.answer(
        "tax",
        f"There is no total. Does the price hold the tax of {name!r} already?",
        {
            "in_price": "the price holds it",
            "added": "the tax is paid beside the price",
        },
    )
    return answer == "added"


def _is_beside(role: str, name: str, sign: str, total: str, asker: Asker) -> bool:
    is_net = sign == "+" and not _NET.isdisjoint(words_of(total))
    beside = "is paid beside" if sign == "+" else "is still taken off"
    answers = {
        "inside": f"{total!r} holds it already",
        "beside": f"it {beside} {total!r}",
    }
    answer = asker.answer(
        role.removesuffix("_amount"),
        f"Does {total!r} hold {name!r} already?",
        dict(reversed(answers.items())) if is_net else answers,
    )
    return answer == "beside"


def _sign_of(role: str, formula: Expression) -> str:
    """Return the sign with which an operand counts in a formula."""
    given = {name: Decimal(name == role) for name in formula.names}
    found = value_of(formula.tree, given)
    return "+" if found is not None and found > 0 else "-"
