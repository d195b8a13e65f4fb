"""Finds which columns of a sample add up as a contract says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, DivisionByZero, InvalidOperation
from itertools import chain, combinations, product

from salesetl.mapping import nodes
from salesetl.mapping.expressions import Expression
from salesetl.mapping.nodes import Node

Values = Sequence[Decimal | None]
# Rows whose sums are looked at, and the share of them that must add up.
_MOST_ROWS = 400
ADDS_UP = 0.95
_CENT = Decimal("0.011")
# A price of four decimals may be rounded, which a quantity multiplies; by no more than a share.
_ROUNDED, _MOST_OFF = Decimal("0.0001"), Decimal("0.02")


@dataclass(frozen=True)
class Sum:
    """Columns of a file, by those of the contract that they are, and how often they add up."""

    columns: Mapping[str, str]
    share: float


def best_sum(
    total: str,
    formula: Expression,
    needed: Mapping[str, Sequence[str]],
    optional: Mapping[str, Sequence[str]],
    values: Mapping[str, Values],
) -> Sum | None:
    """Return the columns for which a formula gives the total in most rows.

    `needed` and `optional` name the candidates of each operand, the most likely one first; of the
    optional ones any may be left out. Of two that add up alike, the one with more columns is taken.
    """
    best: Sum | None = None
    for columns in _choices(needed, optional):
        if len(set(columns.values())) < len(columns):
            continue
        share = _share(
            total, formula, {own: values[name] for own, name in columns.items()}
        )
        found = Sum(columns, share)
        if best is None or _key(found) > _key(best):
            best = found
    return best


def _key(found: Sum) -> tuple[float, int]:
    return round(found.share, 2), len(found.columns)


def _choices(
    needed: Mapping[str, Sequence[str]], optional: Mapping[str, Sequence[str]]
) -> Iterator[dict[str, str]]:
    subsets = chain.from_iterable(
        combinations(optional, size) for size in range(len(optional) + 1)
    )
    for subset in subsets:
        chosen = {**needed, **{name: optional[name] for name in subset}}
        for names in product(*chosen.values()):
            yield dict(zip(chosen, names, strict=True))


def _share(total: str, formula: Expression, columns: Mapping[str, Values]) -> float:
    count = hits = 0
    names = list(columns)
    for row in zip(*columns.values(), strict=True):
        given = dict(zip(names, row, strict=True))
        due = given[total]
        if due is None:
            continue
        found = value_of(formula.tree, given)
        if found is None:
            continue
        count += 1
        allowed = _CENT + _ROUNDED * max((abs(each) for each in row if each), default=0)
        hits += abs(found - due) <= min(allowed, _MOST_OFF * abs(due) + _CENT)
        if count == _MOST_ROWS:
            break
    return hits / count if count else 0.0


def value_of(node: Node, given: Mapping[str, Decimal | None]) -> Decimal | None:
    """Calculate an expression of numbers, roughly: for a look at them, not for what is loaded."""
    match node:
        case nodes.Name(name):
            return given.get(name)
        case nodes.Number(value):
            return value
        case nodes.Negative(operand):
            found = value_of(operand, given)
            return None if found is None else -found
        case nodes.Call("coalesce", parts):
            found_parts = (value_of(part, given) for part in parts)
            return next((each for each in found_parts if each is not None), None)
        case nodes.Call("round", (part, nodes.Number(places))):
            found = value_of(part, given)
            exponent = Decimal(1).scaleb(-int(places))
            return None if found is None else found.quantize(exponent, ROUND_HALF_UP)
        case nodes.Arithmetic(sign, left, right):
            return _calculated(sign, value_of(left, given), value_of(right, given))
    raise ValueError(f"{node} is not calculated here")


def _calculated(
    sign: str, left: Decimal | None, right: Decimal | None
) -> Decimal | None:
    if left is None or right is None:
        return None
    try:
        match sign:
            case "+":
                return left + right
            case "-":
                return left - right
            case "*":
                return left * right
        return left / right
    except (DivisionByZero, InvalidOperation):
        return None


def is_trivial(found: Sum, values: Mapping[str, Values]) -> bool:
    """Tell whether a sum adds up of any numbers, because one operand is always 0 or 1."""
    operands = [values[name] for name in found.columns.values() if name in values]
    return any(set(each) <= {None, Decimal(0), Decimal(1)} for each in operands)


def is_share(values: Values) -> bool:
    """Tell whether values are shares of something, from 0 to 1."""
    found = [value for value in values if value]
    return bool(found) and all(0 <= value <= 1 for value in found)


def is_whole(values: Values) -> bool:
    """Tell whether values are whole numbers."""
    return all(value is None or value == value.to_integral_value() for value in values)


def mean(values: Values) -> Decimal:
    """Return the mean size of values."""
    found = [abs(value) for value in values if value is not None]
    return sum(found, Decimal()) / max(len(found), 1)
