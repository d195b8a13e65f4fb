"""Usual JSON objects for DuckDB: those that are told to be sound by one look at their text.

Lines of a delivery are written by one program, so that nearly all have the same few keys in the
same order, and plain values. A line that matches a pattern of that is JSON to everybody, has no key
twice, and each of its values is of its kind. Only other lines are looked at in every way.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from salesetl.model.shapes import nested
from salesetl.model.table import item_fields
from salesetl.model.types import T

_TEXT = r'"[^"\\\x00-\x1f]*"'
_WHOLE = r"-?(?:0|[1-9][0-9]{0,14})"
# Fewer digits than a double keeps.
_NUMBER = r"-?(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,4})?"
# A number with a fraction is not to become a text, for engines write it each in its own way.
_IN_TEXT = f"(?:{_TEXT}|{_WHOLE}|true|false|null)"
_IN_NUMBER = f"(?:{_TEXT}|{_NUMBER}|true|false|null)"
_SHAPES_KEPT = 6
_LONGEST_PATTERN = 20_000
_DEEPEST = 6


@dataclass(frozen=True)
class Usual:
    """The pattern of usual objects, and the names of all keys that these have."""

    pattern: str
    names: tuple[str, ...]


class _Unusual(Exception):
    """An object of which no pattern is made."""


class _Pairs(list[tuple[str, Any]]):
    """The keys of an object with their values, in their order."""


def usual_objects(records: Iterable[str], schema: T.StructType) -> Usual | None:
    """Tell from some records what is usual among them; None if that cannot be told."""
    places = nested(
        schema.fields,
        lambda field: (
            [nested(items, _value_of)]
            if (items := item_fields(field))
            else _value_of(field)
        ),
    )
    found: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for record in records:
        names: list[str] = []
        try:
            read = json.loads(record, object_pairs_hook=_Pairs)
            pattern = _object(read, places, "", names)
        except (ValueError, RecursionError, _Unusual):
            continue
        # A line of odd values would tell of names that no usual line has.
        if re.fullmatch(pattern, record):
            found[pattern, tuple(names)] += 1
    shapes = [shape for shape, _ in found.most_common(_SHAPES_KEPT)]
    pattern = "|".join(pattern for pattern, _ in shapes)
    if not shapes or len(pattern) > _LONGEST_PATTERN:
        return None
    known = dict.fromkeys(name for _, own in shapes for name in own)
    return Usual(f"(?:{pattern})", tuple(known))


def _value_of(field: T.StructField) -> str:
    is_number = isinstance(field.dataType, T.DecimalType | T.IntegerType)
    return _IN_NUMBER if is_number else _IN_TEXT


def _object(
    pairs: Any,
    places: Mapping[str, Any],
    prefix: str,
    names: list[str],
    depth: int = 0,
) -> str:
    """Pattern of an object with these keys; adds their names, those of objects before them."""
    if not isinstance(pairs, _Pairs) or len(dict(pairs)) < len(pairs):
        raise _Unusual
    values = []
    for key, value in pairs:
        if not re.fullmatch(_TEXT, f'"{key}"'):
            raise _Unusual
        names.append(f"{prefix}{key}")
        if key in places:
            own = _value(value, places[key], f"{prefix}{key}.", names)
        else:
            own = _unknown(value, depth + 1)
        values.append(f'"{re.escape(key)}": ?{own}')
    pattern = rf"\{{{', ?'.join(values)}\}}"
    if len(pattern) > _LONGEST_PATTERN:
        raise _Unusual
    return pattern


def _unknown(value: Any, depth: int) -> str:
    """Pattern of what nobody asks for; it may be anything that is written as here."""
    # Each list has the pattern of its items twice.
    if depth > _DEEPEST:
        raise _Unusual
    if isinstance(value, _Pairs):
        return _object(value, {}, "", [], depth)
    if not isinstance(value, list):
        return _IN_NUMBER
    items = "|".join(dict.fromkeys(_unknown(each, depth + 1) for each in value))
    return rf"\[(?:(?:{items})(?:, ?(?:{items}))*)?\]"


def _value(value: Any, place: Any, prefix: str, names: list[str]) -> str:
    if isinstance(place, str):
        return place
    if value is None:
        return "null"
    if isinstance(place, Mapping):
        return f"(?:{_object(value, place, prefix, names)}|null)"
    if isinstance(value, _Pairs) or not isinstance(value, list):
        raise _Unusual
    if not value:
        return r"\[\]"
    item = _object(value[0], place[0], prefix, names)
    return rf"(?:\[(?:{item}(?:, ?{item})*)?\]|null)"
