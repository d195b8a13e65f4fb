"""Rules about texts, for every source."""

from collections.abc import Sequence

from salesetl.characters import (
    INVISIBLE,
    SCIENTIFIC,
    UNREADABLE,
    is_not_scientific,
    is_readable,
    is_visible,
)
from salesetl.model.rules import Cause, Level, Rule
from salesetl.model.table import item_fields
from salesetl.model.types import T

# Causes that the text of a row tells, whatever its columns are.
DECIMAL_COMMA = Cause(
    "_raw_record rlike '(^|[^0-9.,])[0-9]{1,3}([.][0-9]{3})*,[0-9]{1,2}([^0-9,]|$)'",
    "numbers seem to have a decimal comma: set decimal_comma = true in a source profile",
    unless="number_form.has_decimal_comma",
)
_LATE, _EARLY, _MARK = "(1[3-9]|2[0-9]|3[01])", "(0?[1-9]|1[0-2])", "[./-]"
DAY_FIRST = Cause(
    f"_raw_record rlike '(^|[^0-9]){_LATE}{_MARK}{_EARLY}{_MARK}[0-9]{{2,4}}'",
    "dates seem to begin with the day: set date_format, such as dd.MM.yyyy, in a source profile",
    unless="all_date_formats",
)
MONTH_FIRST = Cause(
    f"_raw_record rlike '(^|[^0-9]){_EARLY}{_MARK}{_LATE}{_MARK}[0-9]{{2,4}}'",
    "dates seem to begin with the month: set date_format, such as M/d/yyyy, in a source profile",
    unless="all_date_formats",
)

# What is found in a text that breaks the rule of that name.
FAULTS = {
    "text_is_readable": UNREADABLE,
    "identifiers_are_visible": INVISIBLE,
    "identifiers_are_whole": SCIENTIFIC,
}


def text_rules(
    schema: T.StructType, identifiers: tuple[str, ...]
) -> tuple[Rule, Rule, Rule]:
    """Return the rules for all texts of a source, and for its identifiers.

    Identifiers are the key and what other tables are looked up by.
    """
    return (
        Rule(
            "text_is_readable",
            " and ".join(_readable(schema)),
            kept_by_plain_texts=True,
            remedy="a text has control characters, or the file has another encoding than UTF-8; set"
            " its encoding in a source profile",
            causes=(
                Cause(
                    "instr(_raw_record, '\ufffd') > 0",
                    "the file seems to have another encoding, such as windows-1252: set encoding"
                    " in a source profile",
                ),
            ),
        ),
        Rule(
            "identifiers_are_visible",
            is_visible(_joined(identifiers)),
            kept_by_plain_texts=True,
            remedy="an identifier has invisible characters, or white space other than blanks;"
            " remove them in the system that exports it",
        ),
        Rule(
            "identifiers_are_whole",
            is_not_scientific(_joined(identifiers)),
            remedy="an identifier is written like 8.41E+12, because a spreadsheet changed it;"
            " export it as text",
        ),
    )


def values_rule(name: str, schema: T.StructType, column: str) -> Rule:
    """Return the rule that a column has one of its declared values.

    Other values of a column that is open are only counted. An optional column may be null.
    """
    [metadata] = [field.metadata for field in schema if field.name == column]
    values = ", ".join(repr(value) for value in metadata["values"])
    level: Level = "warn" if metadata.get("is_open") else "reject"
    claim = f"{column} in ({values})"
    if metadata.get("is_optional"):
        claim = f"{column} is null or {claim}"
    return Rule(name, claim, level)


def _readable(schema: T.StructType) -> list[str]:
    claims = [is_readable(_joined(_texts(list(schema.fields), "")))]
    for field in filter(item_fields, schema):
        joined = _joined(_texts(item_fields(field), "item."))
        broken = f"filter({field.name}, item -> not ({is_readable(joined)}))"
        claims.append(f"({field.name} is null or size({broken}) = 0)")
    return claims


def _texts(fields: list[T.StructField], owner: str) -> list[str]:
    return [
        f"{owner}{field.name}"
        for field in fields
        if isinstance(field.dataType, T.StringType)
    ]


def _joined(texts: Sequence[str]) -> str:
    return f"concat_ws(' ', {', '.join(texts)})"
