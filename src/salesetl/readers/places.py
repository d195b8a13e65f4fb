"""Finds the line of a record in its file, for a message that must not show the record."""

import io
import re
from collections import deque
from collections.abc import Iterable

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
