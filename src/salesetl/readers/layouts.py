"""What a delimited file says of itself: its header, and whether its fields span lines."""

import csv
import io
from dataclasses import dataclass
from typing import Literal

from salesetl.engines.base import TextFormat
from salesetl.engines.records import is_wide
from salesetl.errors import InputError
from salesetl.profiles import Profile
from salesetl.readers.files import read_head, read_whole, unpacked_bytes
from salesetl.schemas.table import Table
from salesetl.storage import StoredFile

Multiline = Literal["auto", "true", "false"]

# Up to here a file is looked through for quoted line breaks before it is read.
WHOLE_FILE_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class Layout:
    """What files must share to be read together."""

    header: tuple[str, ...]
    text: TextFormat

    @property
    def header_line(self) -> str:
        """Write the header as a line of its file."""
        line = io.StringIO()
        writer = csv.writer(line, delimiter=self.text.delimiter, lineterminator="")
        writer.writerow(self.header)
        return line.getvalue()


def find_layout(
    file: StoredFile, table: Table, profile: Profile, multiline: Multiline
) -> Layout:
    """Look at a file; InputError if its header lacks a column or names one twice."""
    head, encoding = read_head(file, profile.encoding)
    header, header_lines = _read_header(file, head, table, profile)
    is_multiline = multiline == "true" or any("\n" in name for name in header)
    if multiline == "auto" and not is_multiline:
        is_multiline = _spans_lines(file, len(header), encoding, profile.delimiter)
    text = TextFormat(profile.delimiter, encoding, header_lines, is_multiline)
    return Layout(header, text)


def _read_header(
    file: StoredFile, head: str, table: Table, profile: Profile
) -> tuple[tuple[str, ...], int]:
    records = csv.reader(io.StringIO(head, newline=""), delimiter=profile.delimiter)
    try:
        first = next((row for row in records if row), [])
    except csv.Error as error:
        raise InputError(
            f"{file.path}: has no header line ({error}); is it delimited text?"
        ) from error
    header = tuple(name.strip() for name in first)
    _check_is_header(file, header, table, profile)
    names = [name.casefold() for name in header]
    twice = next((name for name in header if names.count(name.casefold()) > 1), None)
    if twice:
        raise InputError(
            f"{file.path}: header names column {twice!r} twice; rename one of them"
        )
    missing = profile.missing(header, table)
    if missing:
        raise InputError(
            f"{file.path}: header has no column {missing[0]!r} (found: {', '.join(header)});"
            f" {_remedy(header, profile.delimiter)}"
        )
    return header, records.line_num


def _check_is_header(
    file: StoredFile, header: tuple[str, ...], table: Table, profile: Profile
) -> None:
    """See that a first line is a header at all; what is none is a row, which no message shows."""
    missing = profile.missing(header, table)
    if missing and len(missing) == len(profile.needed(table)):
        remedy = _remedy(header, profile.delimiter)
        raise InputError(
            f"{file.path}: first line has none of the columns that are needed, such as"
            f" {missing[0]!r}; does the file have a header line? If so, {remedy}"
        )


def _remedy(header: tuple[str, ...], delimiter: str) -> str:
    """Tell what to do about a header that lacks a column, by what it seems to be delimited by."""
    found = ", ".join(header)
    for character in ";\t|,":
        if character != delimiter and found.count(character) >= 2 > len(header) - 1:
            seen = f"it seems to be delimited by {character!r}"
            return f"{seen}: name the delimiter in a source profile"
    return "correct the header, or map its names in a source profile"


def _spans_lines(file: StoredFile, width: int, encoding: str, delimiter: str) -> bool:
    if is_wide(encoding):
        return True
    if unpacked_bytes(file) > WHOLE_FILE_BYTES:
        return False
    content = read_whole(file)
    if all(line.count(b'"') % 2 == 0 for line in content.splitlines()):
        return False
    text = content.decode(encoding, errors="replace")
    return _has_sound_line_breaks(text, width, delimiter)


def _has_sound_line_breaks(text: str, width: int, delimiter: str) -> bool:
    """Tell whether fields span lines, and no broken quote would make rows run into each other."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    spans_lines = False
    try:
        line = 0
        for record in reader:
            if reader.line_num > line + 1:
                if len(record) != width or _swallows_rows(record, delimiter):
                    return False
                spans_lines = True
            line = reader.line_num
    except csv.Error:
        return False
    return spans_lines


def _swallows_rows(record: list[str], delimiter: str) -> bool:
    """Tell whether a field holds what looks like other rows: two broken quotes make one field."""
    to_the_right = len(record) - 1
    for to_the_left, field in enumerate(record):
        first, *middle, last = field.splitlines() if "\n" in field else ("", "")
        is_end_and_beginning = (
            first.count(delimiter) == to_the_right - to_the_left
            and last.count(delimiter) == to_the_left
        )
        if middle and max(line.count(delimiter) for line in middle) >= to_the_right:
            return True
        if is_end_and_beginning and to_the_right:
            return True
    return False
