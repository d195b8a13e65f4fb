"""Counts the delivered rows that a query of DuckDB has come to, while it runs.

What DuckDB itself says of the progress of a query does not move while it reads text. A sequence can
be seen from another connection: a small share of the rows advances it, which costs nothing.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from salesetl.engines.work import Work

# One row of so many is counted.
_SAMPLED = 128
_COUNTED = (
    f"case when random() < {1 / _SAMPLED} then nextval('rows_seen') > 0 else true end"
)
_SEEN = "select last_value from duckdb_sequences() where sequence_name = 'rows_seen'"
_VIEW = re.compile(r"\b(?:view|lines)_[0-9]+_[0-9a-f]+\b")
_HEAD_BYTES = 256 * 1024


def counted(query: str) -> str:
    """Let the rows of a query be counted when they are read."""
    return f"select * from ({query}) where {_COUNTED}"


def rows_in(path: str) -> int:
    """Estimate the lines of a text file from its first ones."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        head = file.read(_HEAD_BYTES)
    return round(size * max(head.count(b"\n"), 1) / max(len(head), 1))


class QueryProgress:
    """What is known of the running query; asked by another thread than that which runs it."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        connection.execute("create sequence rows_seen")
        self._connection = connection
        self._watcher = connection.cursor()
        self._rows: dict[str, int] = {}
        self._steps = itertools.count(1)
        # The number of a step, its rows, and what was seen before it.
        self._step: tuple[int, int, int] | None = None

    def close(self) -> None:
        """End the connection that looks on."""
        self._watcher.close()

    def note(self, view: str, sql: str, rows: int = 0) -> None:
        """Note that a view has some delivered rows, and those of the views in its query."""
        self._rows[view] = rows + self._delivered(sql)

    @contextmanager
    def following(self, sql: str, rows: int = 0) -> Iterator[None]:
        """Follow a query, which the block runs, by the delivered rows that it reads.

        These are `rows`, and those of the views in it.
        """
        if rows := rows + self._delivered(sql):
            self._step = next(self._steps), rows, self._seen(self._connection)
        try:
            yield
        finally:
            self._step = None

    def work(self) -> Work | None:
        """Tell how far the running query is, as far as that is known."""
        if step := self._step:
            number, rows, before = step
            done = (self._seen(self._watcher) - before) * _SAMPLED
            # More than there should be: the estimate is too low, or all of them are read.
            if 0 < done < rows:
                return Work(done, rows, "rows", number, is_estimate=True)
        percent = self._connection.query_progress()
        return Work(percent, 100, "%") if percent > 0 else None

    def _delivered(self, sql: str) -> int:
        return sum(self._rows.get(view, 0) for view in set(_VIEW.findall(sql)))

    def _seen(self, connection: duckdb.DuckDBPyConnection) -> int:
        [found] = connection.execute(_SEEN).fetchall()
        return found[0] or 0
