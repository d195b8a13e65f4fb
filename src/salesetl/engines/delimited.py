"""Delimited text: the form of a field, and the end of a record that spans lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

# A longer record is malformed. No reader keeps more than one record of this size.
LONGEST_RECORD = 16 * 1024 * 1024
# A line of nothing else is blank; so it is to Spark.
BLANKS = "".join(map(chr, range(1, 33)))
# The characters of a field, from and to, counted from 1; None is the end of the line.
Span = tuple[int, int | None]


@dataclass(frozen=True)
class TextFormat:
    """How the records of text files are written.

    `header_lines` is how many lines stand above the data; unless `is_header_first`, some of them
    are neither the header nor blank. `width` is the number of fields of a record, and
    `number_places` are the places of the fields that are dates or numbers. `spans` are the
    characters of the fields of a line without delimiters, from and to, counted from 1; the last
    one may have no end. With `is_ordered`, records are numbered in their file. With
    `has_first_fields`, malformed records tell the fields that stand before the fault.
    """

    delimiter: str
    encoding: str
    header_lines: int
    is_multiline: bool
    width: int
    number_places: tuple[int, ...] = ()
    is_header_first: bool = True
    spans: tuple[Span, ...] = ()
    is_ordered: bool = False
    has_first_fields: bool = False


def field_pattern(delimiter: str, *, is_possessive: bool = False) -> str:
    """Pattern of a field: quoted whole, its own quotes doubled, or not beginning with a quote.

    Blanks may stand around the quotes. A possessive pattern never gives back what it has taken,
    for which Java needs no stack; RE2 does not know it, nor need it.
    """
    blank = "[ ]" if delimiter == "\t" else "[ \t]"
    more = "*+" if is_possessive else "*"
    quoted = f'{blank}*"[^"]{more}(?:""[^"]{more}){more}"{blank}*'
    bare = f'{blank}*[^" \t{delimiter}][^{delimiter}]{more}'
    return f"{quoted}|{bare}|{blank}*"


def span_fields(spans: Sequence[Span]) -> tuple[str, list[str]]:
    """SQL for whether `_record` has all of its fields at fixed places, and for each of them.

    Blanks may follow on the last one.
    """
    last = max(end or begin - 1 for begin, end in spans)
    fits = f"length(_record) >= {last}"
    if all(end for _, end in spans):
        fits += f" and replace(substring(_record, {last + 1}), ' ', '') = ''"
    return fits, [
        f"substring(_record, {begin}, {(end or LONGEST_RECORD) - begin + 1})"
        for begin, end in spans
    ]


def first_fields(delimiter: str, *, is_possessive: bool = False) -> str:
    """SQL for the fields of `_record` that stand before a quote in the wrong place."""
    field = field_pattern(delimiter, is_possessive=is_possessive)
    more = "*+" if is_possessive else "*"
    sound = f"regexp_extract(_record, '^(?:(?:{field})[{delimiter}]){more}', 0)"
    return f"regexp_extract_all({sound}, '({field})[{delimiter}]', 1)"


def first_spans(spans: Sequence[Span]) -> list[str]:
    """SQL for each field at fixed places of `_record`; null if the record ends before the field."""
    _, fields = span_fields(spans)
    return [
        f"case when length(_record) >= {end or begin} then {field} end"
        for (begin, end), field in zip(spans, fields, strict=True)
    ]


def cut_fields(record: str, delimiter: str) -> list[str] | None:
    """Return the fields of a record without their quotes; None if a quote is in the wrong place."""
    if '"' not in record:
        return record.split(delimiter)
    patterns = _patterns(delimiter)
    if not patterns.row.fullmatch(record):
        return None
    fields = patterns.field.findall(record + delimiter)
    return [_unquoted(field) for field in fields]


def _unquoted(field: str) -> str:
    inner = field.strip(" \t")
    return inner[1:-1].replace('""', '"') if inner.startswith('"') else field


def first_record(lines: Iterable[str], delimiter: str) -> tuple[str, int]:
    """Return the first record that is not blank, and how many lines end with it."""
    record, number, is_open = "", 0, False
    for number, line in enumerate(lines, start=1):
        if is_open:
            found = continued(line, delimiter)
            is_open = found is not None and found[1]
        elif line.strip(BLANKS):
            is_open = open_fields(line, delimiter) is not None
        else:
            continue
        record += line
        if not is_open:
            break
    return record.rstrip("\r\n"), number


def open_fields(line: str, delimiter: str) -> list[str] | None:
    """Return the complete fields of a line whose last field is open; None if no field is open."""
    patterns = _patterns(delimiter)
    if not patterns.open.fullmatch(line):
        return None
    complete = patterns.complete.match(line)
    return patterns.field.findall(complete[0]) if complete else []


def continued(line: str, delimiter: str) -> tuple[int, bool] | None:
    """For a line that begins inside a field: how many fields follow, and if it ends inside one.

    None where a quote is out of place.
    """
    patterns = _patterns(delimiter)
    inside = patterns.inside.match(line)
    end = inside.end() if inside else 0
    if end == len(line):
        return 0, True
    rest = line[end + 1 :].lstrip(patterns.blanks)
    if not rest.strip("\r\n"):
        return 0, False
    if not rest.startswith(delimiter):
        return None
    rest = rest[1:]
    complete = open_fields(rest, delimiter)
    if complete is not None:
        return 1 + len(complete), True
    fields = cut_fields(rest.rstrip("\r\n"), delimiter)
    return None if fields is None else (len(fields), False)


@dataclass(frozen=True)
class _Patterns:
    """Patterns of fields and of parts of records with a certain delimiter.

    `field` is a field with its delimiter, `complete` those at the beginning, `open` a line whose
    last field is not closed, `inside` what does not close a field.
    """

    blanks: str
    field: re.Pattern[str]
    row: re.Pattern[str]
    complete: re.Pattern[str]
    open: re.Pattern[str]
    inside: re.Pattern[str]


@cache
def _patterns(delimiter: str) -> _Patterns:
    field = field_pattern(delimiter, is_possessive=True)
    blanks = " " if delimiter == "\t" else " \t"
    inside = '[^"]*+(?:""[^"]*+)*+'
    complete = f"(?:(?:{field})[{delimiter}])*+"
    return _Patterns(
        blanks,
        field=re.compile(f"({field})[{delimiter}]"),
        row=re.compile(f"(?:{field})(?:[{delimiter}](?:{field}))*+"),
        complete=re.compile(complete),
        open=re.compile(f'{complete}[{blanks}]*"{inside}'),
        inside=re.compile(inside),
    )
