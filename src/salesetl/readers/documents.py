"""Files that hold JSON objects across lines: an array, or one object after the other."""

import json
import re
from collections.abc import Iterator

from salesetl.errors import InputError
from salesetl.readers.files import read_head, read_whole
from salesetl.storage import StoredFile

# Only the places of objects matter, and Python refuses to make a number of very many digits.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)
_CSV_NAMES = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
# A file of these names is read by line where it is no JSON, so that each line is rejected alone:
# records of a quarantine that are replayed may all be damaged.
_LINE_NAMES = (".ndjson", ".ndjson.gz")
JSON_NAMES = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
_BLANKS = re.compile(r"[ \t\r\n]*")
# As long as what is left of a word or an escape that was cut in two.
_CUT = 12


class NotJson(InputError):
    """A file has nothing that looks like JSON."""


def is_across_lines(file: StoredFile, encoding: str = "UTF-8") -> bool:
    """Tell from the beginning of a file whether its objects may span lines, or are in an array.

    One that has an object a line does not, nor does one whose first line is broken. NotJson if
    nothing in the beginning looks like JSON, or only what may stand in a cell of a table. A file
    named .ndjson is JSON whatever it has.
    """
    head = read_head(file, encoding)[0].strip()
    if head.startswith("["):
        return True
    is_csv = file.path.endswith(_CSV_NAMES) and not head.startswith("{")
    is_json = _is_by_line(file) or re.search(r"^[ \t]*[{\[]", head, re.MULTILINE)
    if head and (is_csv or not is_json):
        raise NotJson(
            f"{file.path}: is not JSON, because no line begins with {{ or [; if it is delimited"
            " text, deliver it as JSON with one object a line, or, where the source is flat, rename"
            " it to .csv"
        )
    first_line, line_break, _ = head.partition("\n")
    if _is_json(first_line):
        return False
    found = 0
    try:
        for _ in _places(head):
            found += 1
    except json.JSONDecodeError as error:
        # What goes on beyond the beginning is cut in a text, or at the very end.
        is_cut = error.msg.startswith("Unterminated") or error.pos > len(head) - _CUT
        # A very long first line is a line.
        return is_cut and bool(line_break or found)
    except RecursionError:
        return False
    return True


def objects_of(file: StoredFile) -> list[str] | None:
    """Return the objects of a file, a line each; None if it is not JSON from end to end.

    InputError if a file that begins as an array is not one, unless it is named .ndjson: to read it
    by line would lose all objects that are not written in a line of their own.
    """
    text = read_whole(file).decode(errors="replace").strip()
    try:
        # Within a JSON text a line break stands only between tokens.
        return [re.sub(r"[\r\n]", " ", text[place]) for place in _places(text)]
    except (json.JSONDecodeError, RecursionError) as error:
        if _is_by_line(file) or not text.startswith("["):
            return None
        line = getattr(error, "lineno", 1)
        raise InputError(
            f"{file.path}: is a JSON array that is broken at line {line}; correct that line and"
            " deliver the file again, or deliver one object a line, where damage costs one object"
        ) from error


def _is_by_line(file: StoredFile) -> bool:
    return file.path.endswith(_LINE_NAMES)


def _is_json(line: str) -> bool:
    try:
        _DECODER.decode(line)
    except (json.JSONDecodeError, RecursionError):
        return False
    return True


def _places(text: str) -> Iterator[slice]:
    """Yield where the items of an array are, or values one after the other.

    JSONDecodeError at what is not JSON.
    """
    is_array = text.startswith("[")
    position, last = _after_blanks(text, int(is_array)), len(text) - 1
    if is_array and position == last and text[last] == "]":
        return
    while is_array or position <= last:
        _, end = _DECODER.raw_decode(text, position)
        yield slice(position, end)
        position = _after_blanks(text, end)
        if is_array:
            if position == last and text[last] == "]":
                return
            if not text.startswith(",", position):
                raise json.JSONDecodeError("Expecting ',' or the end", text, position)
            position = _after_blanks(text, position + 1)


def _after_blanks(text: str, position: int) -> int:
    found = _BLANKS.match(text, position)
    return found.end() if found else position
