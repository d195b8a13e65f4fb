"""Finds the header of a delimited file, and whether its fields span lines."""

import csv
import io
from dataclasses import dataclass, replace
from typing import Literal

from salesetl.characters import name_key, trim
from salesetl.engines.delimited import (
    LONGEST_RECORD,
    TextFormat,
    open_fields,
)
from salesetl.engines.records import is_wide
from salesetl.mapping.profile import Profile
from salesetl.model.table import Table
from salesetl.model.types import T
from salesetl.readers.files import HEAD_BYTES, read_head, read_whole, unpacked_bytes
from salesetl.readers.headers import Header, find_header
from salesetl.readers.unpacked_files import Unpacked
from salesetl.storage import StoredFile

Multiline = Literal["auto", "true", "false"]

# Up to here a file is looked through for quoted line breaks before it is read.
WHOLE_FILE_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class Layout:
    """The properties that files must share to be read together."""

    header: tuple[str, ...]
    text: TextFormat
    says_delimiter: bool = False
    is_table: bool = False

    @property
    def header_line(self) -> str:
        """Write the header as a line of its file, below the one that says the delimiter, if any."""
        line = io.StringIO()
        delimiter = self.text.delimiter
        if self.says_delimiter:
            line.write(f"sep={delimiter}\n")
        writer = csv.writer(line, delimiter=delimiter, lineterminator="")
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
) -> tuple[Layout, Header]:
    """Look at a file; InputError if its header lacks a column or names one twice."""
    is_table = isinstance(file, Unpacked) and file.is_table
    profile = profile.of_table() if is_table else profile
    head, encoding = read_head(file, profile.encoding)
    if len(head.splitlines()) < 2 and file.size > HEAD_BYTES:
        head, _ = read_head(file, profile.encoding, LONGEST_RECORD)
    header = find_header(file.path, head, table, profile)
    is_quoted = not profile.fixed_width
    text = TextFormat(
        header.delimiter,
        encoding,
        header.data_after,
        is_multiline=is_quoted
        and (multiline == "true" or any("\n" in name for name in header.names)),
        width=len(header.names),
        number_places=_number_places(header.names, table, profile),
        is_header_first=header.is_first,
        spans=profile.spans,
        is_ordered=table.is_ordered or profile.fill_down is not None,
    )
    if multiline == "auto" and is_quoted and not text.is_multiline:
        text = replace(text, is_multiline=_spans_lines(file, text))
    names = tuple(map(trim, header.names))
    is_said = header.delimiter != profile.field_delimiter
    return Layout(names, text, is_said, is_table), header


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
