"""Records of text files for DuckDB: its own reader, where that surely cuts them right."""

from __future__ import annotations

import itertools
import json
import os
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import BinaryIO, TypeVar, cast

from salesetl.characters import PLAIN
from salesetl.engines.copies import Copies
from salesetl.engines.delimited import BLANKS, TextFormat
from salesetl.engines.duckdb_progress import rows_in
from salesetl.engines.records import (
    Lines,
    is_packed,
    lines_of_file,
    records_of,
    unpacked,
)
from salesetl.engines.work import Work

_Made = TypeVar("_Made")

_LINES = (
    "columns = {'_record': 'VARCHAR'}, delim = chr(1), quote = '', escape = '',"
    " header = false, auto_detect = false, filename = '_source_file'"
)
# Whether a record is plain, where its file does not tell.
IS_PLAIN = f"regexp_full_match(_record, '{PLAIN}')"
# A line is a record, and there is no header.
JSON_LINES = TextFormat("\1", "UTF-8", 0, is_multiline=False, width=1)
# DuckDB's own default.
_LEAST_OBJECT_BYTES = 16 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
# Of lines that nobody has looked at, or that were cut in Python.
_UNKNOWN = Lines(are_sound=False)


class RecordReader:
    """Makes queries for the records of files; records cut in Python are kept in a folder."""

    def __init__(self, folder: str, copies: Copies) -> None:
        self._folder = folder
        self._copies = copies
        self._numbers = itertools.count()
        self._longest = _LEAST_OBJECT_BYTES
        self._made: dict[tuple[object, ...], object] = {}
        # The file that is being read here, with its size.
        self._cutting: tuple[BinaryIO, int] | None = None

    def progress(self) -> Work | None:
        """Tell how much of a file has been cut into records; None if none is being cut."""
        if (cutting := self._cutting) is None:
            return None
        file, size = cutting
        try:
            return Work(file.tell(), size, "bytes", step=id(file))
        except ValueError:
            # It has just been closed.
            return None

    def query(self, paths: Sequence[str], text: TextFormat) -> tuple[str, int]:
        """Return a query for the records of files and their paths, and about how many there are."""
        # How the files are written, whatever is asked of their records.
        text = replace(text, is_ordered=False, has_first_fields=False)
        rows = 0
        # The delivered path of each file that DuckDB reads, by what its lines are, or that was cut.
        read: dict[Lines, dict[str, str]] = defaultdict(dict)
        cut: dict[str, str] = {}
        for path, file in zip(paths, self._copies.fetch_all(paths), strict=True):
            content = self._once(self._unpacked, file) if is_packed(file) else file
            lines = self._once(_lines_of, content, text)
            if lines.are_sound:
                rows += rows_in(content)
                read[lines][content] = path
                continue
            target, count = self._once(self._cut, content, text)
            rows += count
            cut[target] = path
        queries = []
        for lines, files in read.items():
            records = _sound_lines(sorted(files), text.header_lines)
            queries.append(_with_paths(records, files, lines))
        if cut:
            records = self._cut_records(sorted(cut))
            queries.append(_with_paths(records, cut, _UNKNOWN))
        return " union all ".join(queries), rows

    def _once(self, make: Callable[..., _Made], path: str, *how: TextFormat) -> _Made:
        """Return what is made of a file: once only, as long as nobody changes the file."""
        facts = os.stat(path)
        key = make, path, facts.st_size, facts.st_mtime_ns, how
        if key not in self._made:
            self._made[key] = make(path, *how)
        return cast(_Made, self._made[key])

    def _unpacked(self, path: str) -> str:
        """Unpack a file below the folder; where it is now."""
        target = os.path.join(self._folder, f"{next(self._numbers)}.unpacked")
        with open(path, "rb") as file, open(target, "wb") as whole:
            with self._following(file, path):
                shutil.copyfileobj(unpacked(file, path), whole, _CHUNK_BYTES)
        return target

    def _cut(self, path: str, text: TextFormat) -> tuple[str, int]:
        """Write the records of a file that DuckDB itself cannot cut; where, and how many."""
        target = os.path.join(self._folder, f"{next(self._numbers)}.ndjson")
        count = 0
        with open(path, "rb") as file, open(target, "w", encoding="ascii") as lines:
            with self._following(file, path):
                for count, record in enumerate(records_of(file, text), 1):
                    line = json.dumps(record)
                    self._longest = max(self._longest, len(line) + 1)
                    lines.write(f"{line}\n")
        return target, count

    def _cut_records(self, files: list[str]) -> str:
        """SQL for the records that were written to files."""
        return (
            "(select json ->> '$' as _record, filename as _source_file from read_ndjson_objects("
            f"{literal(files)}, maximum_object_size = {self._longest}, filename = true))"
        )

    @contextmanager
    def _following(self, file: BinaryIO, path: str) -> Iterator[None]:
        """Let another thread see how far a file is read."""
        self._cutting = file, os.path.getsize(path)
        try:
            yield
        finally:
            self._cutting = None


def _with_paths(records: str, paths: Mapping[str, str], lines: Lines) -> str:
    """SQL for the records of files, with the paths that the files were delivered under.

    It tells of each what is known of all `lines` of its file: `_is_in_plain_file` if all are plain,
    `_is_in_quoted_file` if any may have a quote.
    """
    told = (
        f"{literal(lines.are_plain)} as _is_in_plain_file,"
        f" {literal(lines.may_be_quoted)} as _is_in_quoted_file"
    )
    if all(file == path for file, path in paths.items()):
        return f"select _record, _source_file, {told} from {records}"
    pairs = ", ".join(
        f"({literal(file)}, {literal(path)})" for file, path in paths.items()
    )
    return (
        f"select _record, coalesce(_path, _source_file) as _source_file, {told} from {records}"
        f" left join (values {pairs}) as delivered(_file, _path) on _source_file = _file"
    )


def _sound_lines(paths: list[str], skipped: int) -> str:
    """SQL for the lines of files of one kind that are not blank."""
    files = literal([exact_path(path) for path in paths])
    is_blank = f"regexp_full_match(_record, {literal(f'[{BLANKS}]*')})"
    lines = f"read_csv({files}, {_LINES}, skip = {skipped})"
    return f"(from {lines} where not {is_blank})"


def _lines_of(path: str, text: TextFormat) -> Lines:
    """Look at the lines of a file; in another encoding than UTF-8 it must be cut in any case."""
    if text.is_multiline or text.encoding.upper() not in ("UTF-8", "US-ASCII"):
        return _UNKNOWN
    with open(path, "rb") as file:
        return lines_of_file(file)


def exact_path(path: str) -> str:
    """Write a local path so that DuckDB reads no character as a pattern."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in path)


def literal(value: object) -> str:
    """Write a value as DuckDB does."""
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return "'{}'".format(str(value).replace("'", "''"))
