"""Slices of delivered files, and the query that a task of Spark runs over one of them in DuckDB.

A record belongs to the slice in which it begins, and none is cut. Files whose records are told only
by what is before them, such as packed ones, are slices as a whole.
"""

from __future__ import annotations

import codecs
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import uuid4

from duckdb import DuckDBPyConnection

from salesetl.engines.copies import Copies
from salesetl.engines.delimited import TextFormat
from salesetl.engines.duckdb_connection import connect, in_order
from salesetl.engines.duckdb_tables import file_query, keep_statement
from salesetl.engines.duckdb_text import RecordReader
from salesetl.engines.records import is_packed
from salesetl.errors import understandable
from salesetl.storage import join, storage_of

SLICE_BYTES = 64 * 1024 * 1024
_PART_BYTES = 1024 * 1024
# Small files cost more to open than to read.
_LEAST_BYTES = 64 * 1024
# Of a thread; what does not fit is kept on the disk of its machine.
_GIGABYTES = 1
# Line feeds are single bytes in these, and nothing else is one.
_CUT_AT_LINE_FEEDS = {"ascii", "cp1252", "iso8859-1", "iso8859-15", "utf-8"}


@dataclass(frozen=True)
class Records:
    """The records of some files: what a query takes from each of its slices.

    `name` is that of their table in the query.
    """

    name: str
    text: TextFormat
    is_ordered: bool

    @property
    def can_be_cut(self) -> bool:
        """Whether a line tells by itself where a record begins."""
        is_known = codecs.lookup(self.text.encoding).name in _CUT_AT_LINE_FEEDS
        return is_known and not (self.is_ordered or self.text.is_multiline)

    @property
    def none(self) -> str:
        """SQL for no records."""
        place = ", cast(null as decimal(38, 0)) as _place" if self.is_ordered else ""
        return (
            "select cast(null as varchar) as _record, cast(null as varchar) as _source_file,"
            f" false as _is_in_plain_file, true as _is_in_quoted_file{place} where false"
        )


@dataclass(frozen=True)
class Range:
    """The records of a file that begin from byte `begin` on and before `end`."""

    path: str
    begin: int
    end: int
    is_whole: bool = False


@dataclass(frozen=True)
class Slice:
    """What one task reads: parts of the files of `records`; nothing if it has no files."""

    records: str = ""
    ranges: tuple[Range, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A query over records, with the views that it is made of and the tables that it looks up.

    `tables` are Parquet files, by name. Views come after what they are made of. Each task that runs
    it may use so many `threads`.
    """

    query: str
    records: Sequence[Records]
    views: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, bytes] = field(default_factory=dict)
    threads: int = 1


def slices_of(
    records: Records,
    sizes: Mapping[str, int],
    slice_bytes: int = SLICE_BYTES,
    *,
    whole: bool = False,
) -> Iterator[Slice]:
    """Cut files of these sizes into slices, if they may be cut; small ones are together in one."""
    together: list[Range] = []
    held = 0
    for path, size in sizes.items():
        can_be_cut = records.can_be_cut and not (whole or is_packed(path))
        if can_be_cut and size > slice_bytes:
            for begin in range(0, size, slice_bytes):
                end = min(begin + slice_bytes, size)
                yield Slice(records.name, (Range(path, begin, end),))
            continue
        if together and held + size > slice_bytes:
            yield Slice(records.name, tuple(together))
            together, held = [], 0
        together.append(Range(path, 0, size, is_whole=True))
        held += max(size, _LEAST_BYTES)
    if together:
        yield Slice(records.name, tuple(together))


def write_slice(plan: Plan, part: Slice, folder: str) -> str:
    """Write the rows of a query over one slice as a Parquet file below a folder; its path.

    The name of the file is new each time: what a failed attempt has written is not taken for it.
    """
    with understandable(), tempfile.TemporaryDirectory(prefix="salesetl-") as scratch:
        spill = os.path.join(scratch, "spill")
        memory = f"{_GIGABYTES * plan.threads}GB"
        connection = connect(spill, threads=plan.threads, memory_limit=memory)
        try:
            for name, content in plan.tables.items():
                file = os.path.join(scratch, f"{name}.parquet")
                with open(file, "wb") as target:
                    target.write(content)
                connection.execute(f"create view {name} as {file_query(file)}")
            for records in plan.records:
                lines = records.none
                if records.name == part.records:
                    lines = _lines(connection, records, part, scratch)
                connection.execute(f"create view {records.name} as {lines}")
            for name, sql in plan.views.items():
                connection.execute(f"create view {name} as {sql}")
            written = os.path.join(scratch, "written.parquet")
            connection.execute(keep_statement(plan.query, written))
        finally:
            connection.close()
        path = join(folder, f"part-{uuid4().hex}.parquet")
        storage_of(path).upload(written, path)
        return path


def _lines(
    connection: DuckDBPyConnection, records: Records, part: Slice, scratch: str
) -> str:
    text = records.text
    if part.ranges[0].begin:
        # A header is in the first slice of a file.
        text = replace(text, header_lines=0)
    copies = _RangeCopies(scratch, {each.path: each for each in part.ranges})
    reader = RecordReader(scratch, copies)
    lines, _ = reader.query([each.path for each in part.ranges], text)
    return in_order(connection, lines) if records.is_ordered else lines


class _RangeCopies(Copies):
    """Local copies of parts of files."""

    def __init__(self, folder: str, ranges: Mapping[str, Range]) -> None:
        super().__init__(os.path.join(folder, "copies"))
        self._ranges = ranges
        self._cut_below = folder

    def fetch_all(self, paths: Sequence[str]) -> list[str]:
        """Return local paths to the parts of files."""
        whole = [path for path in paths if self._ranges[path].is_whole]
        found = dict(zip(whole, super().fetch_all(whole), strict=True))
        return [found.get(path) or self._cut(self._ranges[path]) for path in paths]

    def _cut(self, part: Range) -> str:
        storage = storage_of(part.path)
        target = os.path.join(self._cut_below, "slice.txt")

        def read(begin: int, length: int) -> bytes:
            return storage.read_from(part.path, begin, length)

        with open(target, "wb") as file:
            file.writelines(lines_of(part, read))
        return target


def lines_of(part: Range, read: Callable[[int, int], bytes]) -> Iterator[bytes]:
    """Yield the lines of a file that begin in a range; `read` returns bytes of it.

    In all ranges but the first of a file, the line feed before the first line comes too, so that a
    byte order mark in the middle of a file is not taken for one at its beginning.
    """
    # A line that begins in the range comes after a line feed from the byte before it on.
    place = max(0, part.begin - 1)
    content = read(place, max(_PART_BYTES, part.end - 1 - place))
    begin = 0
    if part.begin:
        begin = content.find(b"\n")
        if begin < 0 or place + begin >= part.end - 1:
            return
    while content:
        end = content.find(b"\n", max(begin, part.end - 1 - place))
        if end >= 0:
            yield content[begin : end + 1]
            return
        yield content[begin:]
        place, begin = place + len(content), 0
        content = read(place, _PART_BYTES)
