"""Delimited text as delivered: bound by header name, file by file."""

import csv
import io
import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from salesetl.engines import spark as engine
from salesetl.errors import InputError
from salesetl.profiles import Profile, with_contract_columns
from salesetl.readers.files import find_files, is_gzip, is_wide, read_head, read_whole
from salesetl.readers.rows import RawRows, no_rows
from salesetl.schemas.table import Table
from salesetl.storage import StoredFile

logger = logging.getLogger(__name__)

UnknownColumns = Literal["ignore", "fail"]
Multiline = Literal["auto", "true", "false"]

# Up to here a file is looked through for quoted line breaks before it is read.
WHOLE_FILE_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True)
class _Layout:
    """What files must share to be read together."""

    header: tuple[str, ...]
    is_multiline: bool


def read_csv(
    spark: SparkSession,
    path: str,
    table: Table,
    *,
    profile: Profile = Profile(),
    unknown_columns: UnknownColumns = "ignore",
    multiline: Multiline = "auto",
    allow_empty: bool = False,
) -> RawRows:
    """Read every row of every file below `path`, each file by its own header.

    InputError names the first file that lacks a column of the contract, or that has one the
    contract does not know when `unknown_columns` is `fail`.
    """
    files = find_files(path, allow_empty=allow_empty)
    layouts: dict[_Layout, list[str]] = defaultdict(list)
    unknown: dict[str, str] = {}
    for file in files:
        header = _read_header(file, table, profile)
        for name in profile.unknown(header, table):
            unknown.setdefault(name, file.path)
        layouts[
            _Layout(header, _is_multiline(file, len(header), profile, multiline))
        ].append(file.path)
    if unknown:
        _report_unknown(unknown, unknown_columns)
    frames = [
        _read_layout(spark, layout, paths, table, profile)
        for layout, paths in layouts.items()
    ]
    frame = reduce(DataFrame.unionByName, frames) if frames else no_rows(spark, table)
    return RawRows(frame, files, sorted(unknown))


def _read_header(file: StoredFile, table: Table, profile: Profile) -> tuple[str, ...]:
    head = read_head(file, profile.encoding)
    records = csv.reader(io.StringIO(head, newline=""), delimiter=profile.delimiter)
    header = tuple(name.strip() for name in next((row for row in records if row), []))
    names = [name.casefold() for name in header]
    twice = next((name for name in header if names.count(name.casefold()) > 1), None)
    if twice:
        raise InputError(
            f"{file.path}: header names column {twice!r} twice; rename one of them"
        )
    missing = profile.missing(header, table)
    if missing:
        found = ", ".join(header)
        hint = next(
            (
                f"it seems to be delimited by {character!r}: name the delimiter in a source profile"
                for character in ";\t|,"
                if character != profile.delimiter
                and found.count(character) >= 2 > len(header) - 1
            ),
            "correct the header, or map its names in a source profile",
        )
        raise InputError(
            f"{file.path}: header has no column {missing[0]!r} (found: {found}); {hint}"
        )
    return header


def _is_multiline(
    file: StoredFile, width: int, profile: Profile, multiline: Multiline
) -> bool:
    if multiline != "auto":
        return multiline == "true"
    if is_wide(profile.encoding):
        return True
    # A packed file may be ten times its size.
    if file.size > WHOLE_FILE_BYTES // (10 if is_gzip(file) else 1):
        return False
    content = read_whole(file)
    if all(line.count(b'"') % 2 == 0 for line in content.splitlines()):
        return False
    return _has_sound_line_breaks(
        content.decode(profile.encoding, errors="replace"), width, profile
    )


def _has_sound_line_breaks(text: str, width: int, profile: Profile) -> bool:
    """Tell whether fields span lines, and no broken quote would make rows run into each other."""
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=profile.delimiter, strict=True
    )
    spans_lines = False
    try:
        line = 0
        for record in reader:
            if reader.line_num > line + 1:
                if len(record) != width or _swallows_rows(record, profile.delimiter):
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


def _report_unknown(unknown: dict[str, str], policy: UnknownColumns) -> None:
    name, path = next(iter(sorted(unknown.items())))
    if policy == "fail":
        raise InputError(
            f"{path}: header has the unknown column {name!r};"
            " remove it, or pass --unknown_columns ignore"
        )
    logger.warning(
        "ignoring columns that the contract does not know: %s",
        ", ".join(sorted(unknown)),
    )


def _read_layout(
    spark: SparkSession,
    layout: _Layout,
    paths: list[str],
    table: Table,
    profile: Profile,
) -> DataFrame:
    rows = engine.read_csv(
        spark,
        paths,
        len(layout.header),
        delimiter=profile.delimiter,
        encoding=profile.encoding,
        is_multiline=layout.is_multiline,
    ).withColumn("_is_well_formed", F.expr(f"{engine.MALFORMED} is null"))
    return (
        rows.transform(_with_record, profile.delimiter)
        .transform(with_contract_columns, layout.header, table, profile)
        .select(
            *(
                F.expr(f"case when _is_well_formed then `{name}` end").alias(name)
                for name in table.columns
            ),
            "_raw_record",
            F.lit(header_line(layout.header, profile.delimiter)).alias(
                "_source_header"
            ),
            "_source_file",
            "_is_well_formed",
        )
    )


def _with_record(rows: DataFrame, delimiter: str) -> DataFrame:
    """Add `_raw_record`: the text of a malformed record, or the line that the fields make."""
    fields = [f"coalesce({name}, '')" for name in rows.columns if name[1:].isdigit()]
    quoted = ", ".join(
        f"case when {field} rlike '[{delimiter}\"\r\n]'"
        f" then concat('\"', replace({field}, '\"', '\"\"'), '\"') else {field} end"
        for field in fields
    )
    # Nearly all records need no quotes, which one look at the whole line tells.
    delimiters = "length(_line) - length(replace(_line, '{0}', ''))".format(delimiter)
    is_plain = f"{delimiters} = {len(fields) - 1} and not _line rlike '[\"\r\n]'"
    line = (
        f"case when {is_plain} then _line else concat_ws('{delimiter}', {quoted}) end"
    )
    return (
        rows.withColumn(
            "_line", F.expr(f"concat_ws('{delimiter}', {', '.join(fields)})")
        )
        .withColumn("_raw_record", F.expr(f"coalesce({engine.MALFORMED}, {line})"))
        .drop("_line")
    )


def header_line(header: Sequence[str], delimiter: str) -> str:
    """Write a header as a line of its file."""
    line = io.StringIO()
    csv.writer(line, delimiter=delimiter, lineterminator="").writerow(header)
    return line.getvalue()
