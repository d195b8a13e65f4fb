"""Finds the amounts of a contract in a sample, and how they add up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from salesetl.mapping.expressions import Expression
from salesetl.model.table import Table
from salesetl.suggesting.asking import Asker
from salesetl.suggesting.candidates import Candidates, is_number
from salesetl.suggesting.other_amounts import (
    Amounts,
    ask_of_others,
    counts_as_share,
    is_added,
    taken_off_below_zero,
)
from salesetl.suggesting.sums import (
    ADDS_UP,
    Sum,
    Values,
    best_sum,
    is_share,
    is_trivial,
    is_whole,
    mean,
)

# Of columns that no name tells apart, so many are tried, on so many rows.
_MOST_UNNAMED, _FEW_ROWS = 8, 100
# Parts that stand beside a price as amounts, and the one that may be in the price already.
_TAX = "tax_amount"
_PAID_TO_OTHERS = (_TAX, "shipping_amount")


def find_amounts(table: Table, candidates: Candidates, asker: Asker) -> Amounts:
    """Find the columns of numbers; questions are asked where nothing adds up.

    Without a total that a contract can compute, names alone tell.
    """
    total = next((name for name in table.derived if name in table.amounts), None)
    if total is not None:
        return _AmountsFinder(table, total, candidates, asker).find()
    found = {
        each.name: candidates.of(each.name) for each in table.schema if is_number(each)
    }
    return Amounts({role: names[0] for role, names in found.items() if names})


class _AmountsFinder:
    """Finds which columns are the operands of a total, by their names and by what adds up."""

    def __init__(
        self, table: Table, total: str, candidates: Candidates, asker: Asker
    ) -> None:
        self._candidates, self._asker = candidates, asker
        self._total, self._formula = total, Expression(table.derived[total])
        self._optional = [
            name for name in self._formula.names if name in table.optional_columns
        ]
        self._needed = [
            name for name in self._formula.names if name not in self._optional
        ]
        self._derived = [name for name in table.derived if name in self._needed]
        self._named = {
            name: candidates.of(name)
            for name in (self._total, *self._needed, *self._optional)
        }
        parts = {role: self._named[role] for role in self._optional}
        self._negated = taken_off_below_zero(parts, self._formula, candidates.numbers)
        self._values: dict[str, Values] = {
            name: (
                [value and -value for value in values]
                if name in self._negated
                else values
            )
            for name, values in candidates.numbers.items()
        }

    def find(self) -> Amounts:
        """Find the columns; questions are asked where nothing adds up."""
        amounts = self._found()
        taken = amounts.columns | amounts.shares
        amounts.negated = {
            role for role, name in taken.items() if name in self._negated
        }
        return amounts

    def _found(self) -> Amounts:
        needed = {name: self._named[name] for name in self._needed if self._named[name]}
        lacking = [name for name in self._needed if name not in needed]
        if lacking and (found := self._unnamed()):
            return found
        total = [each for each in self._named[self._total] if self._is_filled(each)]
        if not lacking and total:
            return self._with_total(total, needed)
        if total:
            return self._with_others(self._of_total(total, needed, lacking))
        return self._without_total(needed, lacking)

    def _with_total(
        self, total: Sequence[str], needed: Mapping[str, Sequence[str]]
    ) -> Amounts:
        optional, values = self._parts(needed)
        found = best_sum(
            self._total, self._formula, {self._total: total, **needed}, optional, values
        )
        if found and found.share >= ADDS_UP:
            return self._with_others(self._mapped(found))
        share = found.share if found else 0.0
        first = {name: each[0] for name, each in needed.items()}
        product = " × ".join(map(repr, first.values()))
        answer = self._asker.answer(
            "amount",
            f"{total[0]!r} is {product} in only {share:.0%} of the rows. Which is right?",
            {
                "total": f"{total[0]!r} is what was paid; the price is computed from it",
                "parts": f"{product} is what was paid",
            },
        )
        if answer == "parts":
            return Amounts(first)
        kept = {role: name for role, name in first.items() if role not in self._derived}
        return Amounts({self._total: total[0], **kept})

    def _parts(
        self, needed: Mapping[str, Sequence[str]]
    ) -> tuple[dict[str, list[str]], dict[str, Values]]:
        """Return the candidates of the other parts, and all values; a part may be a share."""
        values = dict(self._values)
        optional = {}
        product = [values[names[0]] for names in needed.values()]
        for role in self._optional:
            optional[role] = list(self._named[role])
            for name in self._named[role]:
                if is_share(values[name]):
                    values[_share_of(name)] = [
                        None if None in row else round(prod(row), 2)
                        for row in zip(values[name], *product, strict=True)
                    ]
                    optional[role].append(_share_of(name))
        return {role: names for role, names in optional.items() if names}, values

    def _with_others(self, amounts: Amounts) -> Amounts:
        parts = {role: self._named[role] for role in self._optional}
        total, formula = self._total, self._formula
        ask_of_others(amounts, total, formula, parts, self._values, self._asker)
        return amounts

    def _is_filled(self, name: str) -> bool:
        values = self._values[name]
        return 2 * (len(values) - values.count(None)) >= len(values)

    def _mapped(self, found: Sum) -> Amounts:
        amounts = Amounts()
        for role, name in found.columns.items():
            if name in self._values:
                amounts.columns[role] = name
            else:
                amounts.shares[role] = name.removesuffix(_share_of(""))
        return amounts

    def _of_total(
        self,
        total: Sequence[str],
        needed: Mapping[str, Sequence[str]],
        lacking: Sequence[str],
    ) -> Amounts:
        """Take the total as it is, and compute the price from it; without units each row is one."""
        ones = [name for name in lacking if name not in self._derived]
        # The total of one unit is its price too.
        given = {} if ones else {name: each[0] for name, each in needed.items()}
        return Amounts({self._total: total[0], **given}, ones=ones)

    def _without_total(
        self, needed: Mapping[str, Sequence[str]], lacking: Sequence[str]
    ) -> Amounts:
        """Let the total be computed from its parts; tax may be in the price already."""
        amounts = Amounts({name: each[0] for name, each in needed.items()})
        amounts.ones = [name for name in lacking if name not in self._derived]
        for role in self._optional:
            for name in self._named[role][:1]:
                values = self._values[name]
                if not any(values):
                    continue
                may_be_share = is_share(values) and role not in _PAID_TO_OTHERS
                if may_be_share and counts_as_share(name, self._asker):
                    amounts.shares[role] = name
                elif role != _TAX or is_added(name, self._asker):
                    amounts.columns[role] = name
        return amounts

    def _unnamed(self) -> Amounts | None:
        """Find the operands among all numbers, where names do not tell them."""
        numbers = self._values
        few = {
            name: values[:_FEW_ROWS]
            for name, values in [*numbers.items()][:_MOST_UNNAMED]
            if any(values)
        }
        # Units are whole numbers, mostly smaller than a price.
        small = sorted(few, key=lambda name: (not is_whole(few[name]), mean(few[name])))
        pool = {
            role: self._named[role] or small for role in (self._total, *self._needed)
        }
        found = best_sum(
            self._total,
            self._formula,
            pool,
            {},
            {name: values[:_FEW_ROWS] for name, values in numbers.items()},
        )
        if not found or found.share < ADDS_UP or is_trivial(found, few):
            return None
        return self._mapped(found)


def _share_of(name: str) -> str:
    return f"{name} × product"
