"""Maps the columns of another system's file to the contract, by a profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from salesetl import parsing
from salesetl.characters import name_key, trim, trimmed
from salesetl.dates import day_in_zone, day_of_moment, moment_in_zone
from salesetl.engines import functions as F
from salesetl.mapping.date_forms import iso_text
from salesetl.mapping.expressions import Expression
from salesetl.mapping.filled import given_text
from salesetl.mapping.formulas import Formula
from salesetl.mapping.keys import key_text
from salesetl.mapping.operands import Noted, Operands
from salesetl.mapping.profile import IS_FILTERED, Profile
from salesetl.model.table import Table, item_fields
from salesetl.model.types import T

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_NUMBERS = (T.DecimalType, T.IntegerType)
_DATES = (T.DateType, T.TimestampType)


def with_contract_columns(
    rows: DataFrame,
    positions: Mapping[str, str],
    table: Table,
    profile: Profile,
    derived: Mapping[str, Expression],
    quotient: str,
    items: Mapping[str, Mapping[str, str]] | None = None,
) -> DataFrame:
    """Add every contract column as text to rows whose fields are the columns `_0`, `_1`, …

    `positions` maps the key of a name in the file to its column. `derived` are columns that the
    file lacks. `quotient` is the engine's SQL for one. `items` maps, for each list, the key of a
    name in an item to its field of `item`. With a filter, rows get `_is_filtered` too.
    """
    delivered = _Delivered(positions, table, profile, quotient, items or {})
    mapped = [name for name in table.columns if delivered.has(name)]
    rows = rows.select(
        "*",
        *(F.expr(delivered.translated(name)).alias(name) for name in mapped),
        *(F.lit(trim(text)).alias(name) for name, text in profile.constants.items()),
    )
    known = {*mapped, *profile.constants}
    lacking = table.optional_columns - known - {*profile.expressions}
    rows = rows.withColumns(
        {name: F.lit(None).cast("string") for name in sorted(lacking)}
    )
    known |= lacking
    for name, expression in [*profile.expressions.items(), *derived.items()]:
        made = delivered.computed(name, expression, known)
        rows = rows.withColumn(name, F.expr(made))
        known.add(name)
    if profile.time_zone:
        days = {
            day: F.expr(day_of_moment(trimmed(f"`{moment}`"), profile.time_zone))
            for day, moment in table.days.items()
            if day in lacking
        }
        rows = rows.withColumns(days)
    if profile.key:
        rows = rows.withColumns({name: F.expr(trimmed(f"`{name}`")) for name in known})
        key = key_text(profile.key, positions, table)
        rows = rows.withColumn(profile.key.column, F.expr(key))
    if profile.filter and profile.filter.keep:
        kept_by = profile.filter.keep
        operands = delivered.operands(kept_by, {*known, *table.columns})
        is_meant = kept_by.sql(operands)
        # A value that must be a number and is none is rejected, so that somebody sees it.
        wrong = operands.wrong_numbers()
        is_filtered = f"not coalesce({is_meant}, false) and not ({wrong})"
        rows = rows.withColumn(IS_FILTERED, F.expr(is_filtered))
    return rows


@dataclass(frozen=True)
class _Delivered:
    """Writes the fields of a file as SQL, in the form of the contract."""

    positions: Mapping[str, str]
    table: Table
    profile: Profile
    quotient: str
    items: Mapping[str, Mapping[str, str]]

    def has(self, name: str) -> bool:
        """Whether a column of the contract is one of the file."""
        if name in self.table.made_columns and name not in self.profile.columns:
            return False
        return name not in self.profile.constants and self._key(name) in self.positions

    def translated(self, name: str) -> str:
        """SQL for the text of a contract column, in the form of the contract."""
        field, position = self.table.field(name), self.positions[self._key(name)]
        if fields := item_fields(field):
            return self._list(name, position, fields)
        text = self._text(position)
        if isinstance(field.dataType, _DATES) and self.profile.changes_dates:
            return self._date(text, field)
        if isinstance(field.dataType, _NUMBERS) and not (
            self.profile.number_form.is_plain
        ):
            return self._plain(text)
        # What has the form of the contract is trimmed where it is parsed.
        return text if self.profile.nulls else position

    def _list(self, name: str, position: str, fields: list[T.StructField]) -> str:
        """SQL for a list of structs, each field in the form of the contract."""
        own = self.profile.list_of(name)
        columns = {each.name: each.name for each in fields} | own.columns
        profile = replace(self.profile, columns=columns, constants={})
        table = Table(name=name, grain="", schema=T.StructType(fields), key=())
        item = _Delivered(self.items[name], table, profile, self.quotient, {})

        def value(field: T.StructField, _: str) -> str:
            if field.name in own.expressions:
                return item.computed(field.name, own.expressions[field.name], set())
            return item.translated(field.name)

        return parsing.structs(position, fields, value)

    def computed(self, name: str, expression: Expression, known: set[str]) -> str:
        """SQL for the text of a contract column that a profile computes."""
        kind = self.table.field(name).dataType
        operands = self.operands(expression, known)
        if isinstance(kind, _NUMBERS):
            made = expression.number_sql(operands)
            # Otherwise `coalesce` would treat a text that is not a number as a missing value.
            wrong = operands.wrong_numbers() if expression.chooses else "false"
            return (
                made if wrong == "false" else f"case when not ({wrong}) then {made} end"
            )
        made = expression.sql(operands)
        # Columns of the contract have the form of the contract already.
        is_as_delivered = not {*expression.names} <= known
        if isinstance(kind, _DATES) and self.profile.changes_dates and is_as_delivered:
            return self._date(trimmed(f"({made})"), self.table.field(name))
        return made

    def operands(self, formula: Formula, known: set[str]) -> Operands:
        """Return SQL for what the names of a formula stand for."""
        texts, numbers = {}, {}
        for name in formula.names:
            if name in known:
                texts[name] = numbers[name] = trimmed(f"`{name}`")
            else:
                texts[name] = self._text(self.positions[name_key(name)])
                numbers[name] = self._plain(texts[name])
        return Operands(texts, Noted(numbers), self.quotient, self._plain)

    def _key(self, name: str) -> str:
        return name_key(self.profile.columns.get(name, name))

    def _text(self, position: str) -> str:
        """SQL for the trimmed text of a field; null where it says that there is none."""
        return given_text(position, self.profile)

    def _date(self, text: str, field: T.StructField) -> str:
        """SQL for the ISO text of a date or a moment, in the time zone if there is one.

        The date of a moment with an offset is the day there.
        """
        forms, zone = self.profile.all_date_formats, self.profile.time_zone
        iso = iso_text(text, forms) if forms else text
        if not zone:
            return iso
        is_day = isinstance(field.dataType, T.DateType)
        return day_in_zone(iso, zone) if is_day else moment_in_zone(iso, zone)

    def _plain(self, text: str) -> str:
        return self.profile.number_form.plain(text)
