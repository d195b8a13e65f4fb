"""From the columns of another system's file to those of the contract, as a profile says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from salesetl import columns, dates
from salesetl.engines import functions as F
from salesetl.profiles import Key, Profile
from salesetl.schemas.table import Table
from salesetl.schemas.types import T

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def with_contract_columns(
    rows: DataFrame,
    header: Sequence[str],
    table: Table,
    profile: Profile,
    quotient: str,
) -> DataFrame:
    """Add every contract column as text to rows whose fields are the columns `_0`, `_1`, …

    `quotient` is the engine's SQL for one.
    """
    positions = {
        name.casefold(): f"_{position}" for position, name in enumerate(header)
    }
    mapped = {
        name: positions[profile.columns.get(name, name).casefold()]
        for name in table.columns
        if name not in profile.constants
        and profile.columns.get(name, name).casefold() in positions
    }
    rows = rows.select(
        "*",
        *(
            _translated(mapped[name], table.field(name), profile).alias(name)
            for name in mapped
        ),
        *(F.lit(text).alias(name) for name, text in profile.constants.items()),
    )
    rows = _with_computed(rows, {*mapped}, positions, profile, quotient)
    if profile.key:
        rows = rows.withColumn(profile.key.column, F.expr(_key(profile.key, positions)))
    return rows


def _with_computed(
    rows: DataFrame,
    mapped: set[str],
    positions: dict[str, str],
    profile: Profile,
    quotient: str,
) -> DataFrame:
    """Add the columns that a profile computes, each from the file's and from those before it."""
    known = mapped | {*profile.constants}
    for name, expression in profile.expressions.items():
        texts = {
            operand: columns.trimmed(
                operand if operand in known else positions[operand.casefold()]
            )
            for operand in expression.names
        }
        numbers = {
            operand: (
                columns.point_decimal(text)
                if profile.decimal_comma and operand not in known
                else text
            )
            for operand, text in texts.items()
        }
        rows = rows.withColumn(name, F.expr(expression.sql(texts, numbers, quotient)))
        known.add(name)
    return rows


def _translated(position: str, field: T.StructField, profile: Profile) -> Column:
    text = columns.trimmed(position)
    if profile.date_format and isinstance(field.dataType, T.DateType):
        return F.expr(dates.iso_date(text, profile.date_format))
    if profile.decimal_comma and isinstance(
        field.dataType, T.DecimalType | T.IntegerType
    ):
        return F.expr(columns.point_decimal(text))
    return F.col(position)


def _key(key: Key, positions: dict[str, str]) -> str:
    first, *others = [positions[name.casefold()] for name in key.parts]
    parts = [columns.trimmed(first), *(f"coalesce({name}, '')" for name in others)]
    if key.line_number:
        # Over the whole record and whatever the order of its columns, so that a row has the same
        # key when it comes again without the rows around it, as in a replay.
        fields = (f"coalesce({positions[name]}, '')" for name in sorted(positions))
        record = f"concat_ws(chr(31), {', '.join(fields)})"
        number = (
            f"row_number() over (partition by _source_file, {record} order by {record})"
        )
        parts += [f"substring(md5({record}), 1, 12)", f"cast({number} as string)"]
    separator = columns.text_literal(key.separator)
    return f"concat({f', {separator}, '.join(parts)})"
