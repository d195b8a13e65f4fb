"""Finds the delimiter, the header and the rows in a sample of text."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import dropwhile

from salesetl.characters import trim
from salesetl.errors import InputError
from salesetl.mapping.text_layout import DELIMITERS
from salesetl.readers.headers import LINES_LOOKED_AT, separator_of
from salesetl.suggesting.known_names import words_of
from salesetl.suggesting.sampling import TextSample
from salesetl.suggesting.seen_forms import is_value

# Texts that say that there is no value.
NULLS = (
    "NULL",
    "null",
    "N/A",
    "n/a",
    "NA",
    "#N/A",
    r"\N",
    "(null)",
    "None",
    "nan",
    "NaN",
    "-",
    "--",
)
# Those of them that are values too, such as the region NA or the discount None.
_AMBIGUOUS = {"NA", "None", "-"}
_LOOKED_AT = 300
MOST_STATES = 20
_LEAST_ALIKE = 0.6


@dataclass(frozen=True)
class Column:
    """A column of a sample: its name, and its trimmed values, empty where there is none."""

    name: str
    values: tuple[str, ...] = field(repr=False)

    @property
    def filled(self) -> list[str]:
        """The values there are."""
        return [value for value in self.values if value and value not in self.nulls]

    @cached_property
    def nulls(self) -> set[str]:
        """The texts in it that say that there is no value."""
        found = set(self.values)
        others = found.difference(NULLS, [""])
        return {
            text
            for text in found.intersection(NULLS)
            if text not in _AMBIGUOUS or not _may_mean(text, others)
        }


def _may_mean(text: str, others: Collection[str]) -> bool:
    """Tell whether a text may be a value beside others: one of few words, or a code like them."""
    if 2 * sum(map(is_value, others)) >= len(others):
        return False
    alike = sum(_shape(other) == _shape(text) for other in others)
    has_digits = any(char.isdigit() for other in others for char in other)
    are_words = text.isalpha() and len(others) < MOST_STATES and not has_digits
    return are_words or 2 * alike >= len(others)


def _shape(text: str) -> str:
    return re.sub("[a-z]", "a", re.sub("[A-Z]", "A", text))


@dataclass(frozen=True)
class TableSample:
    """The columns of a sample of delimited text.

    `header_lines` is how many lines name them, of which the first has the names; 0 if none does.
    `says_delimiter` if the first line names the delimiter. If two lines name the columns together,
    `skip_lines` are all lines above the rows.
    """

    text: TextSample
    delimiter: str
    columns: tuple[Column, ...]
    header_lines: int
    says_delimiter: bool
    skip_lines: int = 0


def table_of(sample: TextSample) -> TableSample:
    """Find the columns in a sample; InputError if nothing delimits its fields."""
    first, *rest = sample.parts
    lines = first.splitlines(keepends=True)
    named = separator_of(lines[0]) if lines else None
    if named:
        first = "".join(lines[1:])
    delimiter = named or _delimiter(sample, first)
    records = _records(first, delimiter)
    width = _width(records[:_LOOKED_AT])
    place, header_lines = _header(records, width)
    names = [trim(name) for name in records[place]]
    if not header_lines:
        names = [f"column_{number}" for number in range(1, width + 1)]
    rows = records[place + header_lines :]
    skip_lines = 0
    if header_lines == 2 and len(set(names)) < width:
        # One name for several columns, and the line below says which is which.
        below = map(trim, records[place + 1])
        names = [
            f"{upper} {lower}".strip()
            for upper, lower in zip(names, below, strict=True)
        ]
        skip_lines = _lines_above(first, delimiter, place + header_lines)
    for part in rest:
        rows += _records(part, delimiter)
    whole = [[trim(value) for value in row] for row in rows if len(row) == width]
    if not whole:
        raise InputError(f"{sample.path}: has no row below its header")
    columns = (
        Column(name or f"column_{number}", values)
        for number, (name, values) in enumerate(
            zip(names, zip(*whole, strict=True), strict=True), start=1
        )
    )
    return TableSample(
        sample, delimiter, tuple(columns), header_lines, named is not None, skip_lines
    )


def _delimiter(sample: TextSample, text: str) -> str:
    """Return what cuts most of the first lines into the same number of fields, and into many."""
    found: dict[str, tuple[float, int]] = {}
    for delimiter in DELIMITERS:
        records = _records(text, delimiter, _LOOKED_AT)
        width = _width(records)
        # What stands above the header is cut into fields by nothing.
        widths = [*dropwhile(lambda each: each != width, map(len, records))]
        if width > 1:
            found[delimiter] = (round(widths.count(width) / len(widths), 1), width)
    best = max(found, key=found.__getitem__, default=None)
    if best is None or found[best][0] < _LEAST_ALIKE:
        raise InputError(
            f"{sample.path}: nothing delimits its fields alike on most lines; for columns of a"
            " fixed width, write a source profile with [fixed_width]"
        )
    return best


def _records(text: str, delimiter: str, limit: int | None = None) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    records: list[list[str]] = []
    try:
        for record in reader:
            if any(map(trim, record)):
                records.append(record)
            if limit and len(records) == limit:
                break
    except csv.Error:
        # Such as of a field that is never closed; what was read before is enough.
        pass
    return records


def _lines_above(text: str, delimiter: str, count: int) -> int:
    """Return how many lines the first records take, with empty lines between them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    found = 0
    for record in reader:
        found += any(map(trim, record))
        if found == count:
            break
    return reader.line_num


def _width(records: Sequence[Sequence[str]]) -> int:
    """Return how many fields most records have that have several."""
    widths = Counter(len(record) for record in records if len(record) > 1)
    return max(widths, key=lambda width: (widths[width], width), default=0)


def _header(records: Sequence[Sequence[str]], width: int) -> tuple[int, int]:
    """Return the place of the line with the names, or of the first row, and the lines of it."""
    for place, record in enumerate(records[:LINES_LOOKED_AT]):
        filled = [trim(value) for value in record if trim(value)]
        if len(record) == width and 2 * len(filled) > width:
            if not _names_columns(filled):
                return place, 0
            return place, 1 + _has_second_line(records[place + 1 :], width)
    return 0, 0


def _has_second_line(records: Sequence[Sequence[str]], width: int) -> bool:
    """Tell whether the first record has no value where the next one has: it names units."""
    if len(records) < 2 or {len(records[0]), len(records[1])} != {width}:
        return False
    places = [place for place, text in enumerate(records[1]) if is_value(trim(text))]
    first = [trim(records[0][place]) for place in places]
    return any(first) and not any(map(is_value, first))


def _names_columns(texts: Sequence[str]) -> bool:
    """Tell whether texts are names: none is a value, and some have letters."""
    return not any(map(is_value, texts)) and any(map(words_of, texts))
