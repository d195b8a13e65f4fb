"""Writes rows of values as delimited text, in which no value loses a digit."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from salesetl.mapping.profile import Profile


def write_rows(path: str, rows: Iterable[Sequence[Any]], profile: Profile) -> None:
    """Write rows as UTF-8 with the delimiter and the decimal sign of a profile.

    A row without a value is a blank line, so that the others keep their numbers.
    """
    decimal = profile.number_form.decimal
    with open(path, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(
            file, delimiter=profile.field_delimiter, lineterminator="\n"
        )
        for row in rows:
            texts = [text_of(value, decimal) for value in row]
            if any(texts):
                writer.writerow(texts)
            else:
                file.write("\n")


def text_of(value: Any, decimal: str = ".") -> str:
    """Write a value as the forms of a contract read it: a number with all of its digits.

    A number of floating point has the fewest digits that stand for it alone.
    """
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return str(value).upper()
        case int():
            return str(value)
        case float() | Decimal():
            return _plain(value).replace(".", decimal)
        case datetime():
            return _moment(value)
        case date():
            return f"{value.isoformat()}T00:00:00"
        case time():
            return value.isoformat()
        case bytes():
            return value.decode(errors="replace")
        case _:
            return str(value)


def _plain(value: float | Decimal) -> str:
    number = Decimal(repr(value)) if isinstance(value, float) else value
    if not number.is_finite():
        return str(value)
    text = f"{number:f}"
    # A spreadsheet has no whole numbers.
    is_whole = isinstance(value, float) and "." in text
    return text.rstrip("0").rstrip(".") if is_whole else text


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        return value.isoformat()
    return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"
