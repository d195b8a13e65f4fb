"""Finds which columns of a sample may be those of a contract, by their names and their values."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from salesetl.mapping.numbers import NumberForm
from salesetl.model.types import T
from salesetl.suggesting.known_names import likeness
from salesetl.suggesting.seen_forms import (
    LEAST_ALIKE,
    DateForms,
    date_forms,
    number_forms,
    share_of_numbers,
)
from salesetl.suggesting.table_samples import Column

_MOST = 3
# How likely a role must be beside the most likely one.
_LEAST_OF_MOST = 0.7
# Numbers hardly have more letters, such as those of a currency.
_MOST_LETTERS = 4
_LOOKED_AT = 300
# A few places in a list of names: a name of a product that is looked up is better than its number.
_BROUGHT = 0.03


@dataclass(frozen=True)
class Candidates:
    """The columns of a sample, and which of them may be which in the schema of a contract.

    Those that are `brought` by look-ups come after its own.
    """

    schema: T.StructType
    columns: Sequence[Column] = field(repr=False)
    chosen: NumberForm | None = None
    brought: Collection[str] = ()

    @cached_property
    def dates(self) -> dict[str, DateForms]:
        """The columns of dates, with their forms."""
        names = [each.name for each in self.schema if is_date(each)]
        found = {}
        for column in self.columns:
            is_named = any(likeness(column.name, name) for name in names)
            forms = date_forms(column.filled, may_count=is_named)
            if forms.share >= LEAST_ALIKE or (is_named and forms.share >= 0.5):
                found[column.name] = forms
        return found

    @property
    def number(self) -> NumberForm:
        """The form of numbers: the one that is chosen, or the first that is possible."""
        return self.chosen or self.number_forms[0]

    @cached_property
    def number_forms(self) -> list[NumberForm]:
        """The possible forms of numbers, as the columns have it that are named like numbers."""
        roles = [each.name for each in self.schema if is_number(each)]
        looking = [each for each in self.columns if _looks_like_numbers(each)]
        named = [
            each for each in looking if any(likeness(each.name, role) for role in roles)
        ]
        return number_forms([each.filled for each in named or looking])

    @cached_property
    def numbers(self) -> dict[str, list[Decimal | None]]:
        """The columns of numbers, with their values."""
        return {
            each.name: [self.number.read(value) for value in each.values]
            for each in self.columns
            if each.name not in self.dates
            and share_of_numbers(each.filled, self.number) >= LEAST_ALIKE
        }

    def of(self, role: str) -> list[str]:
        """Return the columns that may be one of the contract, the most likely one first."""
        kind = next(each for each in self.schema if each.name == role)
        possible: Iterable[str] = [each.name for each in self.columns]
        if is_date(kind):
            possible = self.dates
        elif is_number(kind):
            possible = self.numbers
        likely = filter(lambda name: self._may_be(name, role), possible)
        return named_like(role, likely, self.brought)

    def _may_be(self, name: str, role: str) -> bool:
        """Tell whether a name is not far more like another column of the contract."""
        most = max(likeness(name, each) for each in self.schema.fieldNames())
        return likeness(name, role) >= _LEAST_OF_MOST * most


def named_like(
    role: str, names: Iterable[str], brought: Collection[str] = ()
) -> list[str]:
    """Return those of some names that are like a column of a contract, the likely ones first.

    Of columns that are brought, a name is worth a little less than one of the file itself: the
    price of a product is that of today, and the price on a line is what was asked for.
    """
    ranked = sorted(
        (
            (likeness(name, role) - _BROUGHT * (name in brought), -place, name)
            for place, name in enumerate(names)
        ),
        reverse=True,
    )
    return [name for found, _, name in ranked if found > 0][:_MOST]


def is_date(kind: T.StructField) -> bool:
    """Tell whether a column of a contract has dates."""
    return isinstance(kind.dataType, T.DateType | T.TimestampType)


def is_number(kind: T.StructField) -> bool:
    """Tell whether a column of a contract has numbers."""
    return isinstance(kind.dataType, T.DecimalType | T.IntegerType | T.LongType)


def _looks_like_numbers(column: Column) -> bool:
    values = list(dict.fromkeys(column.filled[:_LOOKED_AT]))
    found = sum(
        bool(re.search("[0-9]", value))
        and len(re.findall("[^\\W0-9_]", value)) <= _MOST_LETTERS
        and not re.search("[0-9]+[-/:][0-9]", value)
        for value in values
    )
    return bool(values) and found >= LEAST_ALIKE * len(values)
