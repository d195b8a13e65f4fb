"""Finds the line and one value of a record, for a message that must not show the others."""

import io
import json
import re
from collections import deque
from collections.abc import Collection, Iterable
from typing import Any

from salesetl.characters import name_key
from salesetl.engines.delimited import cut_fields
from salesetl.mapping.profile import Profile
from salesetl.readers.files import read_head, read_whole, unpacked_bytes
from salesetl.readers.headers import separator_of
from salesetl.readers.unpacked_files import Unpacked
from salesetl.storage import storage_of

# To look through more is not worth a number.
_LARGEST_BYTES = 256 * 1024 * 1024
_LINE_BREAK = re.compile(r"\r\n|\r|\n")


def line_of(
    path: str, record: str, encoding: str, unpacked: Unpacked | None = None
) -> int | None:
    """Return the number of the first line of a record; None if it is not found.

    The first of several that are equal. It is not looked for in a very large file. In a table that
    was `unpacked` it is the number of its row.
    """
    return lines_of(path, [record], encoding, unpacked).get(record)


def lines_of(
    path: str,
    records: Collection[str],
    encoding: str,
    unpacked: Unpacked | None = None,
) -> dict[str, int]:
    """Return the numbers of the first lines of records that are found; the file is read once."""
    for file in [unpacked] if unpacked else storage_of(path).files(path):
        if file.path != path or unpacked_bytes(file) > _LARGEST_BYTES:
            continue
        _, own = read_head(file, encoding)
        text = read_whole(file).decode(own, errors="replace").removeprefix("\ufeff")
        found = _found(text, records)
        if unpacked and unpacked.is_table:
            return {record: _row(text, line) for record, line in found.items()}
        return found
    return {}


def _found(text: str, records: Collection[str]) -> dict[str, int]:
    wanted = set(records)
    found: dict[str, int] = {}
    for number, line in enumerate(io.StringIO(text, newline=""), start=1):
        if (line := line.rstrip("\r\n")) in wanted:
            found.setdefault(line, number)
    left = [record for record in records if record not in found]
    flat = re.sub(r"[\r\n]", " ", text) if left else ""
    for record in left:
        lines = io.StringIO(text, newline="")
        several = _LINE_BREAK.search(record) and _by_lines(lines, record)
        if number := several or _inside(text, flat, record) or 0:
            found[record] = number
    return found


def field_value(record: str, header: str, column: str, profile: Profile) -> str | None:
    """Return the text of a column of the contract in a record of fields; None where it has none.

    What a profile computes was not delivered.
    """
    made = {*profile.constants, *profile.expressions}
    made |= {profile.key.column} if profile.key else set()
    if column in made:
        return None
    name = name_key(profile.columns.get(column, column))
    delimiter = profile.field_delimiter
    above, _, last = header.partition("\n")
    if said := separator_of(above):
        delimiter, header = said, last
    found = list(map(name_key, cut_fields(header, delimiter) or []))
    fields = _fields(record, delimiter, profile)
    is_whole = len(found) == len(fields) and name in found
    return fields[found.index(name)] if is_whole else None


def _fields(record: str, delimiter: str, profile: Profile) -> list[str]:
    if not profile.fixed_width:
        return cut_fields(record, delimiter) or []
    return [record[begin - 1 : end] for begin, end in profile.spans]


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


def _row(text: str, line: int) -> int:
    """Return the number of the row that begins on a line: a value in quotes may have several."""
    row, is_inside = 1, False
    for above in io.StringIO(text).readlines()[: line - 1]:
        is_inside ^= above.count('"') % 2 == 1
        row += not is_inside
    return row


def _inside(text: str, flat: str, record: str) -> int | None:
    """Find a JSON object that spans lines, of which its record, and `flat`, tell as blanks."""
    place = flat.find(record)
    return len(_LINE_BREAK.findall(text, 0, place)) + 1 if place >= 0 else None
