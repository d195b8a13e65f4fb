"""Tells which changes of a column's type keep old files readable."""

import re
from typing import Literal

# Read right from old Parquet files by Athena and by Spark: those that are stored in the same way.
# Spark 3.5 reads an INT32 neither as bigint nor as a decimal that is stored in eight bytes.
_WIDER = {"tinyint": ("smallint", "int"), "smallint": ("int",)}
_STORED_DIGITS = (9, 18, 38)

_DECIMAL = re.compile(r"decimal\((\d+),(\d+)\)")


def type_change(old: str, new: str) -> Literal["same", "widened", "refused"]:
    """Tell whether old files with a column of type `old` can be read as type `new`."""
    old, new = plain_type(old), plain_type(new)
    if old == new:
        return "same"
    if new in _WIDER.get(old, ()):
        return "widened"
    before, after = _DECIMAL.fullmatch(old), _DECIMAL.fullmatch(new)
    if not before or not after or before[2] != after[2]:
        return "refused"
    digits, more = int(before[1]), int(after[1])
    is_stored_alike = not any(digits <= limit < more for limit in _STORED_DIGITS)
    return "widened" if digits < more and is_stored_alike else "refused"


def plain_type(text: str) -> str:
    """Write a type in the one way that types are compared in."""
    text = text.lower().replace(" ", "")
    return "int" if text == "integer" else text
