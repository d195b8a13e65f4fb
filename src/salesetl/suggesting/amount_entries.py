"""Writes the amounts of a sample into a profile: their columns, currency, and what is computed."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from salesetl.mapping.tokens import quoted
from salesetl.model.table import Table
from salesetl.suggesting.asking import Asker
from salesetl.suggesting.candidates import Candidates
from salesetl.suggesting.draft import Draft
from salesetl.suggesting.number_entries import (
    currency_mark_of,
    currency_of,
    is_rounded,
    put_number_form,
)
from salesetl.suggesting.other_amounts import Amounts
from salesetl.suggesting.returns import negate_returns


@dataclass
class AmountEntries:
    """Writes the amounts of one profile.

    It adds to `mapped`, the columns of the file by those of the contract, and to `used`, the other
    columns that the profile names.
    """

    draft: Draft
    table: Table
    candidates: Candidates
    path: str
    asker: Asker
    mapped: dict[str, str]
    used: set[str]

    def put(self, amounts: Amounts) -> None:
        """Write the form of numbers, the columns of amounts, and what is computed of them."""
        draft = self.draft
        columns = {each.name: each for each in self.candidates.columns}
        names = amounts.columns.values()
        texts = chain.from_iterable(columns[name].filled for name in names)
        has_currency = self._map_currency()
        mark = None
        if not has_currency:
            mark = currency_mark_of(texts, self.path)
        put_number_form(draft, self.candidates.number, mark)
        for role, name in amounts.columns.items():
            self._map_number(role, name, is_negated=role in amounts.negated)
        for role in amounts.inside:
            # Otherwise a column of that very name would count.
            draft.put(f"constants.{role}", "0", "other amounts hold it")
        for role in amounts.ones:
            draft.put(f"constants.{role}", "1", "no column has it")
        if mark:
            self._put_currency(mark)
        signed = {
            role: name
            for role, name in amounts.columns.items()
            if role in self.table.amounts or role not in self.table.derived
        }
        if not amounts.ones:
            others = [each for each in columns.values() if each.name not in self.used]
            numbers = self.candidates.numbers
            self.used |= negate_returns(draft, others, signed, numbers, self.asker)
        self._put_shares(amounts)
        if amounts.beside:
            self._put_total(amounts)

    def _put_total(self, amounts: Amounts) -> None:
        """Add to the total what the buyer pays beside it."""
        [total] = set(self.table.amounts) & set(amounts.columns)
        made = self.draft.entries.get("expressions", {})
        parts = made.pop(total, quoted(amounts.columns[total]))
        for role, sign in amounts.beside.items():
            parts += f" {sign} coalesce({role}, 0)"
        self.draft.put(f"expressions.{total}", parts)
        self.used.add(amounts.columns[total])
        self.mapped.pop(total, None)

    def _put_shares(self, amounts: Amounts) -> None:
        """Compute amounts that are shares of a product, whose factors may be expressions too."""
        operands = [
            role
            for role in amounts.columns
            if role not in {*self.table.amounts, *self.table.optional_columns}
        ]
        for role, name in amounts.shares.items():
            factors = [*operands, _signed(name, is_negated=role in amounts.negated)]
            expression = f"round({' * '.join(factors)}, 2)"
            self.draft.put(f"expressions.{role}", expression, "a share of the price")
            self.used.add(name)

    def _map_number(self, role: str, name: str, *, is_negated: bool) -> None:
        self.used.add(name)
        values = self.candidates.numbers[name]
        text = _signed(name, is_negated=is_negated)
        if is_rounded(self.draft, self.table, role, text, values):
            return
        if is_negated:
            self.draft.put(f"expressions.{role}", text, "below zero in the file")
        else:
            self.mapped[role] = name

    def _map_currency(self) -> bool:
        """Map the column of currencies, if there is one."""
        role = self.table.currency
        if role is None:
            return False
        codes = set(self.table.field(role).metadata.get("values", []))
        for name in self.candidates.of(role):
            [column] = [each for each in self.candidates.columns if each.name == name]
            if set(column.filled) <= codes:
                self.mapped[role] = name
                return True
        return False

    def _put_currency(self, mark: str) -> None:
        """Write the currency that has a mark; several may have it."""
        role = self.table.currency
        if role is None:
            return
        codes = self.table.field(role).metadata.get("values", [])
        if code := currency_of(mark, codes):
            self.draft.put(f"constants.{role}", code, "by its mark")
        else:
            self.draft.remarks.append(
                f"several currencies have the mark {mark}: write one of them below [constants],"
                f' such as {role} = "USD"'
            )


def _signed(name: str, *, is_negated: bool) -> str:
    return f"(-{quoted(name)})" if is_negated else quoted(name)
