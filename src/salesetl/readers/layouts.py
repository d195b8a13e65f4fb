"""Finds the header of a delimited file, and whether its fields span lines."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from salesetl.characters import name_key, trim
from salesetl.engines.delimited import (
    LONGEST_RECORD,
    TextFormat,
    cut_fields,
    first_record,
    open_fields,
)
from salesetl.engines.records import is_wide
from salesetl.errors import InputError
from salesetl.mapping.profile import Profile
from salesetl.model.table import Table
from salesetl.model.types import T
from salesetl.readers.files import HEAD_BYTES, read_head, read_whole, unpacked_bytes
from salesetl.storage import StoredFile

Multiline = Literal["auto", "true", "false"]

# Up to here a file is looked through for quoted line breaks before it is read.
WHOLE_FILE_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class Layout:
    """The properties that files must share to be read together."""

    header: tuple[str, ...]
    text: TextFormat

    @property
    def header_line(self) -> str:
        """Write the header as a line of its file."""
        line = io.StringIO()
        writer = csv.writer(line, delimiter=self.text.delimiter, lineterminator="")
        writer.writerow(self.header)
        return line.getvalue()

    def across_lines(self) -> "Layout":
        """Return the layout with fields that may span lines."""
        return replace(self, text=replace(self.text, is_multiline=True))


def is_quick_to_read(file: StoredFile) -> bool:
    """Tell whether a file is small enough to be scanned before it is read."""
    return unpacked_bytes(file) <= WHOLE_FILE_BYTES


def find_layout(
    file: StoredFile, table: Table, profile: Profile, multiline: Multiline
) -> Layout:
    """Look at a file; InputError if its header lacks a column or names one twice."""
    head, encoding = read_head(file, profile.encoding)
    if len(head.splitlines()) < 2 and file.size > HEAD_BYTES:
        head, _ = read_head(file, profile.encoding, LONGEST_RECORD)
    header, header_lines = _read_header(file, head, table, profile)
    text = TextFormat(
        profile.delimiter,
        encoding,
        header_lines,
        is_multiline=multiline == "true" or any("\n" in name for name in header),
        width=len(header),
        number_places=_number_places(header, table, profile),
    )
    if multiline == "auto" and not text.is_multiline:
        text = replace(text, is_multiline=_spans_lines(file, text))
    return Layout(tuple(map(trim, header)), text)


def _number_places(
    header: tuple[str, ...], table: Table, profile: Profile
) -> tuple[int, ...]:
    """Return the places of the fields that the contract knows as dates or numbers."""
    texts = (T.StringType, T.ArrayType)
    names = {
        name_key(profile.columns.get(field.name, field.name))
        for field in table.schema
        if not isinstance(field.dataType, texts)
    }
    return tuple(place for place, name in enumerate(header) if name_key(name) in names)


def _read_header(
    file: StoredFile, head: str, table: Table, profile: Profile
) -> tuple[tuple[str, ...], int]:
    """Return the fields of the first record that is not blank, and the line that ends it."""
    lines = io.StringIO(head, newline="")
    record, header_lines = first_record(lines, profile.delimiter)
    header = cut_fields(record, profile.delimiter)
    if header is None:
        raise InputError(
            f"{file.path}: the header line has a quote in the wrong place; correct the line"
        )
    _check_is_header(file, header, table, profile)
    counts = Counter(map(name_key, header))
    for name in map(trim, header):
        if name and counts[name_key(name)] > 1:
            raise InputError(
                f"{file.path}: header names column {name!r} twice; rename one of them"
            )
    missing = profile.missing(header, table)
    if missing:
        found = ", ".join(map(trim, header))
        raise InputError(
            f"{file.path}: header has no column {missing[0]!r} (found: {found});"
            f" {_remedy(header, profile.delimiter)}"
        )
    return tuple(header), header_lines


def _check_is_header(
    file: StoredFile, header: Sequence[str], table: Table, profile: Profile
) -> None:
    """See that a first line is a header at all; what is none is a row, which no message shows."""
    missing = profile.missing(header, table)
    if missing and len(missing) == len(profile.needed(table)):
        remedy = _remedy(header, profile.delimiter)
        raise InputError(
            f"{file.path}: the first line has none of the needed columns, such as"
            f" {missing[0]!r}; does the file have a header line? If so, {remedy}"
        )


def _remedy(header: Sequence[str], delimiter: str) -> str:
    """Tell what to do about a header that lacks a column, by what it seems to be delimited by."""
    found = ", ".join(header)
    for character in ";\t|,":
        if character != delimiter and found.count(character) >= 2 > len(header) - 1:
            seen = f"the delimiter seems to be {character!r}"
            return f"{seen}: set it as delimiter in a source profile"
    return "correct the header, or map its names in a source profile"


def _spans_lines(file: StoredFile, text: TextFormat) -> bool:
    """Tell whether a file may have records that span lines, as far as a quick look can tell.

    A file that is too large for that is looked at by the engine.
    """
    if is_wide(text.encoding):
        return True
    if not is_quick_to_read(file):
        return False
    content = read_whole(file)
    if b'"' not in content:
        return False
    lines = io.StringIO(content.decode(text.encoding, errors="replace"), newline="")
    return any(
        '"' in line and open_fields(line, text.delimiter) is not None for line in lines
    )
