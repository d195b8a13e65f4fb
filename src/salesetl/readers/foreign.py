"""Maps the columns of another system's file to the contract, by a profile."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from salesetl import dates, parsing
from salesetl.characters import name_key, trim, trimmed
from salesetl.engines import functions as F
from salesetl.model.table import Table
from salesetl.model.types import T
from salesetl.profiles import Profile
from salesetl.readers.keys import key_text

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

_NUMBERS = (T.DecimalType, T.IntegerType)


def with_contract_columns(
    rows: DataFrame,
    positions: Mapping[str, str],
    table: Table,
    profile: Profile,
    quotient: str,
) -> DataFrame:
    """Add every contract column as text to rows whose fields are the columns `_0`, `_1`, …

    `positions` maps the key of a name in the file to its column, `quotient` is the engine's SQL for
    one.
    """
    mapped = {
        name: positions[name_key(profile.columns.get(name, name))]
        for name in table.columns
        if name not in profile.constants
        and name_key(profile.columns.get(name, name)) in positions
    }
    rows = rows.select(
        "*",
        *(
            _translated(mapped[name], table.field(name), profile).alias(name)
            for name in mapped
        ),
        *(F.lit(trim(text)).alias(name) for name, text in profile.constants.items()),
    )
    rows = _with_computed(rows, {*mapped}, positions, table, profile, quotient)
    if profile.key:
        known = [*mapped, *profile.constants, *profile.expressions]
        rows = rows.withColumns({name: F.expr(trimmed(f"`{name}`")) for name in known})
        key = key_text(profile.key, positions, table)
        rows = rows.withColumn(profile.key.column, F.expr(key))
    return rows


def _with_computed(
    rows: DataFrame,
    mapped: set[str],
    positions: Mapping[str, str],
    table: Table,
    profile: Profile,
    quotient: str,
) -> DataFrame:
    """Add the columns that a profile computes, each from the file's and from those before it."""
    known = mapped | {*profile.constants}
    for name, expression in profile.expressions.items():
        texts = {
            operand: trimmed(
                f"`{operand}`" if operand in known else positions[name_key(operand)]
            )
            for operand in expression.names
        }
        numbers = {
            operand: (
                parsing.point_decimal(text)
                if profile.decimal_comma and operand not in known
                else text
            )
            for operand, text in texts.items()
        }
        # What a number is made of is a number too, also where nothing is calculated.
        is_number = isinstance(table.field(name).dataType, _NUMBERS)
        made = expression.sql(numbers if is_number else texts, numbers, quotient)
        rows = rows.withColumn(name, F.expr(made))
        is_date = isinstance(table.field(name).dataType, T.DateType)
        # Columns of the contract have the form of the contract already.
        if is_date and profile.date_format and not known & {*expression.names}:
            iso = dates.iso_date(trimmed(f"`{name}`"), profile.date_format)
            rows = rows.withColumn(name, F.expr(iso))
        known.add(name)
    return rows


def _translated(position: str, field: T.StructField, profile: Profile) -> Column:
    text = trimmed(position)
    if profile.date_format and isinstance(field.dataType, T.DateType):
        return F.expr(dates.iso_date(text, profile.date_format))
    if profile.decimal_comma and isinstance(field.dataType, _NUMBERS):
        return F.expr(parsing.point_decimal(text))
    return F.col(position)
