"""Finds the line and one value of a record, for a message that must not show the others."""

import io
import json
import re
from collections import deque
from collections.abc import Iterable
from typing import Any

from salesetl.characters import name_key
from salesetl.engines.delimited import cut_fields
from salesetl.mapping.profile import Profile
from salesetl.readers.files import read_head, read_whole, unpacked_bytes
from salesetl.storage import storage_of

# To look through more is not worth a number.
_LARGEST_BYTES = 256 * 1024 * 1024
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def line_of(path: str, record: str, encoding: str) -> int | None:
    """Return the number of the first line of a record; None if it is not found.

    The first of several that are equal. It is not looked for in a very large file.
    """
    for file in storage_of(path).files(path):
        if file.path != path or unpacked_bytes(file) > _LARGEST_BYTES:
            continue
        _, own = read_head(file, encoding)
        text = read_whole(file).decode(own, errors="replace").removeprefix("\ufeff")
        return _by_lines(io.StringIO(text, newline=""), record) or _inside(text, record)
    return None


def field_value(record: str, header: str, column: str, profile: Profile) -> str | None:
    """Return the text of a column of the contract in a record of fields; None where it has none.

    What a profile computes was not delivered.
    """
    made = {*profile.constants, *profile.expressions}
    made |= {profile.key.column} if profile.key else set()
    if column in made:
        return None
    name = name_key(profile.columns.get(column, column))
    found = list(map(name_key, cut_fields(header, profile.delimiter) or []))
    fields = cut_fields(record, profile.delimiter) or []
    is_whole = len(found) == len(fields) and name in found
    return fields[found.index(name)] if is_whole else None


def object_value(record: str, path: str | None) -> str | None:
    """Return the text at a path in an object, such as `customer.country`; None if there is none."""
    try:
        # The digits as they were written.
        value: Any = json.loads(record, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    for name in path.split(".") if path else ():
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def _by_lines(lines: Iterable[str], record: str) -> int | None:
    wanted = deque(_LINE_BREAK.split(record))
    seen: deque[str] = deque(maxlen=len(wanted))
    for number, line in enumerate(lines, start=1):
        seen.append(line.rstrip("\r\n"))
        if seen == wanted:
            return number - len(wanted) + 1
    return None


def _inside(text: str, record: str) -> int | None:
    """Find a JSON object that spans lines, of which its record tells as blanks."""
    place = re.sub(r"[\r\n]", " ", text).find(record)
    return len(_LINE_BREAK.findall(text, 0, place)) + 1 if place >= 0 else None
