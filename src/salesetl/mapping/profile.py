"""Source profiles: how another system's export maps to the contract."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from salesetl.characters import name_key, trim
from salesetl.mapping.expressions import Condition, Expression
from salesetl.mapping.numbers import NumberForm
from salesetl.model.table import Table

# The column that says whether a filter leaves a row out; without a filter there is no such column.
IS_FILTERED = "_is_filtered"


@dataclass(frozen=True)
class Key:
    """A key that is made from several columns of the file.

    With `line_number`, a digest of the values follows, and a number among the equal rows of the
    file. So a second copy of the file gives the same keys.
    """

    column: str
    parts: tuple[str, ...]
    separator: str = "-"
    line_number: bool = False


@dataclass(frozen=True)
class Filter:
    """The rows to load: those for which `keep` is true. The other rows are counted as filtered.

    A record that begins with one of the texts of `skip`, such as a footer, is filtered too, even if
    it is malformed.
    """

    keep: Condition | None = None
    skip: tuple[str, ...] = ()


@dataclass(frozen=True)
class ListProfile:
    """The difference between the objects of a list and the items of a column of the contract.

    `path` leads to the list. `columns` and `expressions` are as in a profile, for names in an item.
    """

    path: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    expressions: dict[str, Expression] = field(default_factory=dict)

    def used(self, names: Sequence[str]) -> list[str]:
        """Return the names that items of these names are made of."""
        used = [
            self.columns.get(name, name)
            for name in names
            if name not in self.expressions
        ]
        for expression in self.expressions.values():
            used += expression.names
        return list(dict.fromkeys(used))


@dataclass(frozen=True)
class Profile:
    """The difference between an export and the contract; the default is no difference.

    `columns` maps a contract column to its name in the file, `constants` to a text that all rows
    have, `expressions` to an expression over contract columns or columns of the file. `nulls` are
    texts that say that there is no value. `rules` sets parameters of the contract's rules. With a
    `time_zone`, the date of a moment is the day there.

    In JSON, names are paths such as `customer.id`. `records` leads to the list that the records are
    in, and `lists` maps the items of lists.
    """

    delimiter: str = ","
    encoding: str = "UTF-8"
    date_format: str = ""
    date_formats: tuple[str, ...] = ()
    decimal_comma: bool = False
    number: NumberForm = NumberForm()
    nulls: tuple[str, ...] = ()
    time_zone: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    expressions: dict[str, Expression] = field(default_factory=dict)
    key: Key | None = None
    filter: Filter | None = None
    rules: dict[str, Decimal] = field(default_factory=dict)
    records: str = ""
    lists: dict[str, ListProfile] = field(default_factory=dict)

    @property
    def all_date_formats(self) -> tuple[str, ...]:
        """The forms of dates, in the order in which they are tried; none for ISO."""
        return (*((self.date_format,) if self.date_format else ()), *self.date_formats)

    @property
    def operands(self) -> set[str]:
        """Names that expressions, the filter and the key are made of."""
        names = {name for each in self.expressions.values() for name in each.names}
        names |= set(self.key.parts if self.key else ())
        return names | set(
            self.filter.keep.names if self.filter and self.filter.keep else ()
        )

    def list_of(self, name: str) -> ListProfile:
        """Return how the items of a list are mapped."""
        return self.lists.get(name, ListProfile())

    @property
    def changes_dates(self) -> bool:
        """Whether dates are delivered in another form than that of the contract."""
        return bool(self.all_date_formats or self.time_zone)

    @property
    def number_form(self) -> NumberForm:
        """The form of numbers."""
        return NumberForm(",", ".") if self.decimal_comma else self.number

    def used(self, table: Table) -> list[str]:
        """Names in a file's header that the contract is made of; some of them may be lacking."""
        made = set(self.constants) | ({self.key.column} if self.key else set())
        used = [
            self.columns.get(name, name)
            for name in table.columns
            if name not in made and name not in self.expressions
        ]
        known = made | {name for name in table.columns if name not in self.expressions}
        for name, expression in self.expressions.items():
            used += [operand for operand in expression.names if operand not in known]
            known.add(name)
        if self.filter and self.filter.keep:
            kept_by = self.filter.keep.names
            used += [name for name in kept_by if name not in {*table.columns, *known}]
        return list(dict.fromkeys([*used, *(self.key.parts if self.key else ())]))

    def needed(self, table: Table) -> list[str]:
        """Names that a file's header must have."""
        return [
            name
            for name in self.used(table)
            if name not in table.optional_columns or name in self.columns.values()
        ]

    def derived(self, header: Sequence[str], table: Table) -> dict[str, Expression]:
        """Return how columns are computed that a header lacks, where it has what they need."""
        found = {name_key(name) for name in header}
        made = {*self.constants, *self.expressions}
        made |= {self.key.column} if self.key else set()
        known = made | {
            name
            for name in table.columns
            if name_key(self.columns.get(name, name)) in found
        }
        # What an expression is made of must be delivered.
        operands = {
            each for made_of in self.expressions.values() for each in made_of.names
        }
        lacking = {
            name: Expression(table.derived[name])
            for name in table.derived
            if name not in known | operands and name not in self.columns
        }
        return {
            name: expression
            for name, expression in lacking.items()
            if {*expression.names} <= known | table.optional_columns
        }

    def missing(self, header: Sequence[str], table: Table) -> list[str]:
        """Needed names that the header does not have."""
        found = {name_key(name) for name in header}
        found |= {name_key(name) for name in self.derived(header, table)}
        return [name for name in self.needed(table) if name_key(name) not in found]

    def unknown(self, header: Sequence[str], table: Table) -> list[str]:
        """Names in the header that are not used."""
        known = {name_key(name) for name in self.used(table)}
        return [trim(name) for name in header if name_key(name) not in known]

    def key_method(self, table: Table) -> dict[str, Any]:
        """Describe how the key of a row is made."""
        if self.key is None:
            made = [self.expressions.get(column) for column in table.key]
            parts = [
                each.source if each else column
                for each, column in zip(made, table.key, strict=True)
            ]
            return {"parts": parts, "separator": ""}
        method: dict[str, Any] = {
            "parts": list(map(name_key, self.key.parts)),
            "separator": self.key.separator,
        }
        if self.key.line_number:
            method["values"] = {
                name: self._made_of(name)
                for name in table.columns
                if name != self.key.column
            }
        return method

    def _made_of(self, name: str) -> str:
        if name in self.expressions:
            return self.expressions[name].source
        if name in self.constants:
            return repr(self.constants[name])
        return name_key(self.columns.get(name, name))
