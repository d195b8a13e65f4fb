"""Finds how another file is looked up for the rows of a sample."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import Any

from salesetl.characters import name_key
from salesetl.errors import InputError
from salesetl.suggesting.draft import Draft
from salesetl.suggesting.known_names import words_of
from salesetl.suggesting.layout_entries import layout_of
from salesetl.suggesting.table_samples import Column, TableSample

# Of a large file only a part is looked at, so that most keys need not be found.
_LEAST_FOUND, _LEAST_FOUND_IN_PART = 0.5, 0.02
# With the number behind it, a name is not too long for a profile.
_LONGEST_NAME = 25


@dataclass(frozen=True)
class Join:
    """Another file, its key, and the column that is looked up, with the columns that it brings."""

    sample: TableSample
    key: str
    on: str
    columns: tuple[Column, ...]


def join_of(columns: Iterable[Column], other: TableSample) -> Join:
    """Find the key by which rows find theirs in another file; InputError if there is none."""
    known = list(columns)
    found = [
        (_named_alike(on.name, key.name), share, key, on)
        for key in other.columns
        if _is_key(key)
        for on in known
        if _named_alike(on.name, key.name)
        and (share := _share_found(on, key)) >= _least(other)
    ]
    if not found:
        raise InputError(
            f"{other.text.path}: none of its columns is a key that the rows have, by name and"
            " values; write [lookup.NAME] into the profile"
        )
    _, _, key, on = max(found, key=lambda each: each[:2])
    names = {name_key(each.name) for each in known}
    return Join(
        other,
        key.name,
        on.name,
        tuple(
            _brought(each, key, on)
            for each in other.columns
            if each is not key and name_key(each.name) not in names
        ),
    )


def put_lookups(draft: Draft, joins: Iterable[Join], used: Collection[str]) -> None:
    """Write the look-ups that bring columns which a profile uses, or which others look up by."""
    found = list(joins)
    needed = {*used, *(join.on for join in found)}
    for join in found:
        text = join.sample.text
        brought = [each.name for each in join.columns if each.name in needed]
        if not brought:
            draft.remarks.append(f"{text.path} brings nothing that is needed")
            continue
        entries: dict[str, Any] = {
            "path": text.path,
            "key": join.key,
            "columns": brought,
        }
        if name_key(join.on) != name_key(join.key):
            entries["on"] = join.on
        entries |= layout_of(draft, join.sample)
        name = _free_name(text.path, draft.entries)
        draft.put_section(f"lookup.{name}", entries)


def _free_name(path: str, sections: Collection[str]) -> str:
    """Return a name for the look-up in a file that no section has, as profiles allow it."""
    words = "_".join(re.findall("[a-z0-9]+", " ".join(words_of(Path(path).stem))))
    name = words if words[:1].isalpha() else f"file_{words}".rstrip("_")
    names = chain([""], (f"_{number}" for number in count(2)))
    free = (f"{name[:_LONGEST_NAME]}{number}" for number in names)
    return next(each for each in free if f"lookup.{each}" not in sections)


def _least(other: TableSample) -> float:
    return _LEAST_FOUND if other.text.is_whole else _LEAST_FOUND_IN_PART


def _is_key(column: Column) -> bool:
    return max(Counter(filter(None, column.values)).values(), default=2) == 1


def _named_alike(on: str, key: str) -> float:
    """Tell how alike two names are: the same, or one ends with the other."""
    own, other = "".join(words_of(on)), "".join(words_of(key))
    if own == other:
        return 1.0
    shorter, longer = sorted((own, other), key=len)
    return 0.5 if len(shorter) > 2 and longer.endswith(shorter) else 0.0


def _share_found(on: Column, key: Column) -> float:
    keys = set(key.values)
    values = on.filled
    return sum(value in keys for value in values) / len(values) if values else 0.0


def _brought(column: Column, key: Column, on: Column) -> Column:
    found = dict(zip(key.values, column.values, strict=True))
    return Column(column.name, tuple(found.get(value, "") for value in on.values))
