"""Columns of text without delimiters, by their characters."""

from collections.abc import Mapping
from typing import Any

from salesetl.engines.delimited import Span

_FORMS = "a width, [first, last] or [first] for all up to the end of the line"


def spans_of(entries: Mapping[str, Any]) -> tuple[Span, ...]:
    """Return the characters of each column; a width follows on the column before.

    ValueError names a column that has another form, overlaps another, or follows an open end.
    """
    spans: list[Span] = []
    for name, entry in entries.items():
        last = spans[-1][1] if spans else 0
        if last is None:
            raise ValueError(
                f"fixed_width.{name} follows a column that has all up to the end of the line; give"
                " that one a last character"
            )
        begin, end = _span(name, entry, last + 1)
        if begin <= last:
            raise ValueError(
                f"fixed_width.{name} begins at character {begin}, inside the column before it,"
                f" which ends at {last}; list columns in their order"
            )
        spans.append((begin, end))
    return tuple(spans)


def _span(name: str, entry: Any, following: int) -> Span:
    match entry:
        case [int(begin)] if begin > 0:
            return begin, None
        case [int(begin), int(end)] if 0 < begin <= end:
            return begin, end
        # A flag is a number to Python.
        case int(width) if width > 0 and width is not True:
            return following, following + width - 1
    raise ValueError(f"fixed_width.{name} is {entry!r}, but must be {_FORMS}")
