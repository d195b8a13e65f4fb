"""Rows of Trino beside those of DuckDB, which are what `salesetl query` shows."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.trino.server import Answer

Rows = Sequence[tuple[Any, ...]]


def differences(
    answer: Answer,
    names: Sequence[str],
    types: Sequence[str],
    rows: Rows,
    *,
    ordered: bool,
) -> list[str]:
    """Tell in words how an answer of Trino differs from columns and rows of DuckDB."""
    if [name for name, _ in answer.columns] != list(names):
        return [f"columns: Trino {answer.columns}, DuckDB {list(names)}"]
    found = [
        f"type of {name}: Trino {kind}, DuckDB {own}"
        for (name, kind), own in zip(answer.columns, types, strict=True)
        if duckdb_type(kind) != own
    ]
    return found + _row_differences(answer, rows, ordered=ordered)


def _row_differences(answer: Answer, rows: Rows, *, ordered: bool) -> list[str]:
    theirs, ours = (
        [tuple(map(_plain, row)) for row in part] for part in (answer.rows, rows)
    )
    if len(theirs) != len(ours):
        return [f"rows: Trino {len(theirs)}, DuckDB {len(ours)}"]
    if (
        ordered
        and theirs != ours
        and sorted(theirs, key=_key) == sorted(ours, key=_key)
    ):
        return ["the order of the rows"]
    if not ordered:
        theirs, ours = sorted(theirs, key=_key), sorted(ours, key=_key)
    differing = [pair for pair in zip(theirs, ours, strict=True) if pair[0] != pair[1]]
    if not differing:
        return []
    cells = [
        f"{name}: Trino {one}, DuckDB {other}"
        for (name, _), one, other in zip(answer.columns, *differing[0], strict=True)
        if one != other
    ]
    return [f"{len(differing)} rows differ, such as in {'; '.join(cells)}"]


def duckdb_type(kind: str) -> str:
    """Write a type of Trino as DuckDB does."""
    if kind.startswith("timestamp"):
        return "TIMESTAMP WITH TIME ZONE"
    kind = re.sub(r"varchar(\(\d+\))?", "varchar", kind)
    return re.sub(r"array\((.*)\)", r"\1[]", kind).replace(", ", ",").upper()


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, datetime):
        # Athena has milliseconds, rounded, of a clock in UTC.
        moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        milliseconds = (moment.microsecond + 500) // 1000
        return moment.replace(microsecond=0) + timedelta(milliseconds=milliseconds)
    return value


def _key(row: tuple[Any, ...]) -> list[tuple[bool, Any]]:
    return [(value is None, "" if value is None else value) for value in row]
