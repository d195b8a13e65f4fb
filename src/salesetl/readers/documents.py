"""Files that hold JSON objects across lines: an array, or one object after the other."""

import json
import re
from collections.abc import Iterator

from salesetl.readers.files import read_head, read_whole
from salesetl.storage import StoredFile

_DECODER = json.JSONDecoder()
_BETWEEN_LINES = re.compile(r"[ \t\r\n]*")
_BETWEEN_ITEMS = re.compile(r"[ \t\r\n,]*")
# As long as what is left of a word or an escape that was cut in two.
_CUT = 12


def is_across_lines(file: StoredFile) -> bool:
    """Tell, from its beginning, whether a file may be an array or hold objects across lines.

    One that has an object a line is not, nor is one whose first line is broken.
    """
    head = read_head(file, "UTF-8")[0].strip()
    is_array = head.startswith("[")
    first_line, line_break, _ = head.partition("\n")
    if not is_array and _is_json(first_line):
        return False
    found = 0
    try:
        for _ in _places(head):
            found += 1
    except json.JSONDecodeError as error:
        # What goes on beyond the beginning is cut in a text, or at the very end.
        is_cut = error.msg.startswith("Unterminated") or error.pos > len(head) - _CUT
        # A very long first line is a line.
        return is_cut and bool(is_array or line_break or found)
    except RecursionError:
        return False
    return True


def objects_of(file: StoredFile) -> list[str] | None:
    """Return the objects of a file, a line each; None if it is not JSON from end to end."""
    text = read_whole(file).decode(errors="replace").strip()
    try:
        # Within a JSON text a line break stands only between tokens.
        return [re.sub(r"[\r\n]", " ", text[place]) for place in _places(text)]
    except (json.JSONDecodeError, RecursionError):
        return None


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        return False
    return True


def _places(text: str) -> Iterator[slice]:
    """Yield where the objects of a text are; JSONDecodeError at what is not JSON."""
    is_array = text.startswith("[")
    between = _BETWEEN_ITEMS if is_array else _BETWEEN_LINES
    position = _after(between, text, int(is_array))
    while position < len(text):
        if is_array and text[position] == "]":
            if position + 1 < len(text):
                raise json.JSONDecodeError("Extra data", text, position + 1)
            return
        _, end = _DECODER.raw_decode(text, position)
        yield slice(position, end)
        position = _after(between, text, end)
    if is_array:
        raise json.JSONDecodeError("Unterminated array", text, position)


def _after(between: re.Pattern[str], text: str, position: int) -> int:
    found = between.match(text, position)
    return found.end() if found else position
