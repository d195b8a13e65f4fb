"""Parses the text of a field to its value, the same on every engine.

Each is null where the text is missing or does not have the form of its type, whatever the ANSI
mode of the session. The form is checked before the cast, because engines disagree on what else a
cast accepts (a bare year as a date, `1e3` or `NaN` as a number, rounding of surplus decimals).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from salesetl import dates
from salesetl.characters import trimmed
from salesetl.dates import read_back
from salesetl.model.table import Table, item_fields
from salesetl.model.types import T

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql import functions as F
else:
    from salesetl.engines import functions as F

# What ends or escapes a literal, and what Spark puts a variable of its environment in the place of.
_SPECIAL = re.compile(r"(['\\$])")


def parse_fields(raw: DataFrame, table: Table) -> DataFrame:
    """Turn the text of every contract column into its type; a text of another form is null.

    Other columns, such as the lineage of the reader, are kept as they are. The day of a moment that
    is not given is that in UTC. No row is dropped.
    """
    lineage = [name for name in raw.columns if name not in table.columns]
    # In two steps, so that an engine trims each field once and not wherever its text is looked at.
    texts = [F.expr(cleaned(field)).alias(field.name) for field in table.schema]
    values = [
        F.expr(parsed(field, f"`{field.name}`")).alias(field.name)
        for field in table.schema
    ]
    if not table.days:
        return raw.select(*texts, *lineage).select(*values, *lineage)
    lacks = {day: f"_lacks_{day}" for day in table.days}
    flags = [F.expr(f"`{day}` is null").alias(flag) for day, flag in lacks.items()]
    days = {
        day: F.expr(
            f"case when {lacks[day]} then cast(`{moment}` as date) else `{day}` end"
        ).alias(day)
        for day, moment in table.days.items()
    }
    return (
        raw.select(*texts, *lineage)
        .select(*values, *lineage, *flags)
        .select(*(days.get(name, name) for name in table.columns), *lineage)
    )


def parsed(field: T.StructField, text: str) -> str:
    """Parse a trimmed text into the type of a field, or every field in a list of structs."""
    match field.dataType:
        case T.ArrayType():
            return structs(text, item_fields(field), parsed)
        case T.DateType():
            return dates.utc_date(text)
        case T.TimestampType():
            return dates.utc_timestamp(text)
        case T.IntegerType():
            return whole_number(text)
        case T.DecimalType(precision=precision, scale=scale):
            is_rounded = field.metadata.get("is_rounded", False)
            return decimal(text, precision, scale, is_rounded=is_rounded)
        case _:
            return text


def cleaned(field: T.StructField) -> str:
    """Trim the text column named like `field`, or every text in a list of structs.

    Null becomes the default of the field, if it has one.
    """
    text = f"`{field.name}`"
    if items := item_fields(field):
        return structs(text, items, _cleaned)
    return _cleaned(field, text)


def _cleaned(field: T.StructField, text: str) -> str:
    default = field.metadata.get("default")
    if default is None:
        return trimmed(text)
    return f"coalesce({trimmed(text)}, {text_literal(default)})"


def structs(
    text: str,
    fields: Sequence[T.StructField],
    value: Callable[[T.StructField, str], str],
) -> str:
    """SQL for a list of structs with each field replaced by `value` of it and of its text."""
    values = (f"'{each.name}', {value(each, f'item.`{each.name}`')}" for each in fields)
    return f"transform({text}, item -> named_struct({', '.join(values)}))"


def whole_number(text: str) -> str:
    """INT of `3`, `-3` or `3.0`; a fraction or an overflow is null."""
    digits = f"regexp_replace({text}, '[.]0*$', '')"
    form = f"{text} rlike '^[+-]?[0-9]+([.]0*)?$'"
    value = f"case when {form} then try_cast({digits} as int) end"
    return read_back(text, "int", value)


def decimal(text: str, precision: int, scale: int, *, is_rounded: bool = False) -> str:
    """DECIMAL of plain digits with a point; surplus decimals are rounded half-up, or else null."""
    form = f"{text} rlike '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)$'"
    if not is_rounded:
        form += f" and not {text} rlike '[.][0-9]{{{scale}}}[0-9]*[1-9]'"
    value = f"try_cast({text} as decimal({precision}, {scale}))"
    cents = f"decimal({precision - scale + min(scale, 2)}, {min(scale, 2)})"
    otherwise = f"case when {form} then {value} end"
    # Most quantities are whole numbers, most other decimals have cents.
    whole = read_back(text, "bigint", otherwise, f"decimal({precision}, {scale})")
    return read_back(text, cents, whole)


def plain_number(text: str) -> str:
    """Text of a number without an exponent, such as JSON may have; other text as it is."""
    form = "^-?[0-9]+([.][0-9]+)?[eE][+-]?[0-9]{1,2}$"
    value = f"try_cast({text} as decimal(38, 18))"
    # Spark writes a small decimal with an exponent again; these have a surplus of decimals anyway.
    plain = (
        f"case when {value} = 0 then '0' when abs({value}) < 0.000001 then '0.0000001'"
        f" else cast({value} as string) end"
    )
    return f"case when {text} rlike '{form}' then {plain} else {text} end"


def text_literal(text: str) -> str:
    """SQL literal of any text; no engine interprets characters in it."""
    parts = [
        f"chr({ord(part)})" if part in ("'", "\\", "$") else f"'{part}'"
        for part in _SPECIAL.split(text)
    ]
    return parts[0] if len(parts) == 1 else f"concat({', '.join(parts)})"
