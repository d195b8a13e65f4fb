"""Source profiles: how another system's export maps to the contract."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from salesetl.characters import name_key, trim
from salesetl.mapping.expressions import Expression
from salesetl.mapping.numbers import NumberForm
from salesetl.mapping.sections import FillDown, Filter, Key, ListProfile, Lookup
from salesetl.mapping.text_layout import TextLayout
from salesetl.model.table import Table

# The column that says whether a filter leaves a row out; without a filter there is no such column.
IS_FILTERED = "_is_filtered"
# How dates and times that are no text are written.
_MOMENTS = tuple(
    f"yyyy-MM-ddTHH:mm:ss{fraction}{zone}"
    for fraction in ("", ".SSS")
    for zone in ("", "Z")
)


@dataclass(frozen=True)
class Profile(TextLayout):
    """The difference between an export and the contract; the default is no difference.

    `columns` maps a contract column to its name in the file, `constants` to a text that all rows
    have, `expressions` to an expression over contract columns or columns of the file. `nulls` are
    texts that say that there is no value. `rules` sets parameters of the contract's rules. With a
    `time_zone`, the date of a moment is the day there.

    In JSON, names are paths such as `customer.id`. `records` leads to the list that the records are
    in, and `lists` maps the items of lists.
    """

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
    fill_down: FillDown | None = None
    lookup: dict[str, Lookup] = field(default_factory=dict)
    rules: dict[str, Decimal] = field(default_factory=dict)
    records: str = ""
    lists: dict[str, ListProfile] = field(default_factory=dict)

    def of_table(self) -> "Profile":
        """Return the profile for the rows of a workbook or of Parquet, which were written as text.

        A real date may stand beside text; it has a form that no other text has.
        """
        forms = self.all_date_formats and (*_MOMENTS, *self.all_date_formats)
        return replace(self, fixed_width={}, date_format="", date_formats=forms)

    def of_replay(self) -> "Profile":
        """Return the profile for records that were in quarantine: below the header as it was."""
        skip_lines = 1 if self.fixed_width else 0
        return replace(
            self, header=True, header_lines=1, names=(), skip_lines=skip_lines
        )

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

    @property
    def brought_columns(self) -> set[str]:
        """The keys of the names of columns that come from look-ups."""
        lookups = self.lookup.values()
        return {name_key(name) for each in lookups for name in each.columns}

    def used(self, table: Table) -> list[str]:
        """Names in a file's header that the contract is made of; some of them may be lacking."""
        made = set(self.constants) | ({self.key.column} if self.key else set())
        used = [
            self.columns.get(name, name)
            for name in table.columns
            if name not in made and name not in self.expressions
            if name not in table.made_columns or name in self.columns
        ]
        known = made | {name for name in table.columns if name not in self.expressions}
        for name, expression in self.expressions.items():
            used += [operand for operand in expression.names if operand not in known]
            known.add(name)
        if self.filter and self.filter.keep:
            kept_by = self.filter.keep.names
            used += [name for name in kept_by if name not in {*table.columns, *known}]
        if self.fill_down:
            used += [*self.fill_down.columns, *self.fill_down.within]
        used += [lookup.joined_on for lookup in self.lookup.values()]
        used += self.key.parts if self.key else ()
        return [
            name
            for name in dict.fromkeys(used)
            if name_key(name) not in self.brought_columns
        ]

    def needed(self, table: Table) -> list[str]:
        """Names that a file's header must have."""
        return [
            name
            for name in self.used(table)
            if name not in table.optional_columns or name in self.columns.values()
        ]

    def derived(self, header: Sequence[str], table: Table) -> dict[str, Expression]:
        """Return how columns are computed that a header lacks, where it has what they need."""
        found = {name_key(name) for name in header} | self.brought_columns
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

    def entry_of(self, name: str) -> str | None:
        """Return the entry that needs a column of the file; None for one of the contract."""
        entries = [(f"columns.{own}", [name]) for own, name in self.columns.items()]
        entries += [
            (f"expressions.{own}", made.names) for own, made in self.expressions.items()
        ]
        if self.filter and self.filter.keep:
            entries.append(("filter.keep", self.filter.keep.names))
        if self.key:
            entries.append(("key.parts", [*self.key.parts]))
        if self.fill_down:
            fill = self.fill_down
            entries.append(("fill_down.columns", [*fill.columns]))
            entries.append(("fill_down.within", [*fill.within]))
        for own, lookup in self.lookup.items():
            entry = "key" if lookup.on is None else "on"
            entries.append((f"lookup.{own}.{entry}", [lookup.joined_on]))
        return next((entry for entry, names in entries if name in names), None)

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
