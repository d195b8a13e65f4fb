"""Makes a source profile for JSON objects from what a sample of them shows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from salesetl.errors import InputError
from salesetl.model.source import Source
from salesetl.model.table import item_fields
from salesetl.model.types import T
from salesetl.suggesting.candidates import Candidates
from salesetl.suggesting.draft import Draft
from salesetl.suggesting.sampling import TextSample
from salesetl.suggesting.table_samples import Column

_MOST_OBJECTS = 500
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)


@dataclass(frozen=True)
class ObjectSample:
    """Some of the objects of a file; `records` is the name of the list that they are in, if any."""

    text: TextSample
    objects: Sequence[Mapping[str, Any]]
    records: str = ""


def objects_of(sample: TextSample) -> ObjectSample:
    """Find the objects in a sample; InputError if there are none."""
    first = sample.parts[0].lstrip()
    inner = first[1:] if first.startswith("[") else first
    found = [each for each in _values(inner) if isinstance(each, dict)]
    if not found and first.startswith("{"):
        # A list in one object, which is longer than the sample.
        name, bracket, rest = first[1:].partition("[")
        if bracket:
            inside = [each for each in _values(rest) if isinstance(each, dict)]
            return _of(sample, inside, name.strip().strip(':"').strip().strip('"'))
    if len(found) == 1 and (wrapped := _wrapped(found[0])):
        return _of(sample, found[0][wrapped], wrapped)
    return _of(sample, found, "")


def object_profile(source: Source, sample: ObjectSample) -> Draft:
    """Make the profile of a source of JSON, by the names in its objects."""
    draft = Draft()
    if sample.records:
        draft.put("records", sample.records)
    table = source.contract
    fields = table.delivered_fields
    candidates = Candidates(T.StructType(fields), _columns(sample.objects))
    taken: set[str] = set()
    for field in fields:
        if item_fields(field):
            continue
        found = [name for name in candidates.of(field.name) if name not in taken]
        if found:
            draft.put(f"columns.{field.name}", found[0])
            taken.add(found[0])
        elif field.name not in table.optional_columns:
            draft.remarks.append(f"nothing looks like {field.name}")
    for field in table.schema:
        if items := item_fields(field):
            _map_list(draft, sample, field.name, items)
    _put_dates(draft, candidates, taken)
    return draft


def _map_list(
    draft: Draft, sample: ObjectSample, name: str, fields: Sequence[T.StructField]
) -> None:
    """Map the list whose objects have most of the fields of a contract's list."""
    lists = {
        path: items
        for path, items in _lists(sample.objects).items()
        if all(isinstance(each, dict) for each in items)
    }
    best: dict[str, str] = {}
    best_path = ""
    for path, items in lists.items():
        columns = _columns(items)
        candidates = Candidates(T.StructType([*fields]), columns)
        mapped: dict[str, str] = {}
        for field in fields:
            found = candidates.of(field.name)
            if left := [path for path in found if path not in mapped.values()]:
                mapped[field.name] = left[0]
        if len(mapped) > len(best):
            best, best_path = mapped, path
    if not best:
        draft.remarks.append(f"no list looks like {name}")
        return
    draft.put_section(f"lists.{name}", {"path": best_path})
    columns_named = {role: path for role, path in best.items() if role != path}
    if columns_named:
        draft.put_section(f"lists.{name}.columns", columns_named)


def _put_dates(draft: Draft, candidates: Candidates, taken: set[str]) -> None:
    forms = [
        form
        for name in taken & set(candidates.dates)
        for form in candidates.dates[name].forms
    ]
    if forms:
        draft.put("date_formats", list(dict.fromkeys(forms)))


def _of(
    sample: TextSample, found: Sequence[Mapping[str, Any]], records: str
) -> ObjectSample:
    if not found:
        raise InputError(f"{sample.path}: has no JSON object in its beginning")
    return ObjectSample(sample, found[:_MOST_OBJECTS], records)


def _values(text: str) -> Iterator[Any]:
    """Yield the JSON values in a text, one after the other, until one is broken or cut off."""
    place = 0
    while True:
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        if place == len(text):
            return
        try:
            value, place = _DECODER.raw_decode(text, place)
        except ValueError:
            return
        yield value


def _wrapped(found: Mapping[str, Any]) -> str | None:
    """Return the name of the list that is all of an object."""
    lists = [
        name
        for name, value in found.items()
        if isinstance(value, list)
        and value
        and all(isinstance(each, dict) for each in value)
    ]
    return lists[0] if len(lists) == 1 and len(found) <= 3 else None


def _columns(objects: Sequence[Mapping[str, Any]]) -> list[Column]:
    """Return the values at each path into some objects, as columns."""
    flat = [dict(_flat(each, "")) for each in objects]
    paths = dict.fromkeys(path for each in flat for path in each)
    return [Column(path, tuple(each.get(path, "") for each in flat)) for path in paths]


def _flat(found: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in found.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, bool):
            yield f"{prefix}{name}", str(value).lower()
        elif isinstance(value, str):
            yield f"{prefix}{name}", value


def _lists(
    objects: Sequence[Mapping[str, Any]], prefix: str = ""
) -> dict[str, list[Any]]:
    """Return the items of all lists in some objects, by path."""
    found: dict[str, list[Any]] = {}
    for each in objects:
        for name, value in each.items():
            path = f"{prefix}{name}"
            if isinstance(value, list):
                found.setdefault(path, []).extend(value)
            elif isinstance(value, dict):
                for below, items in _lists([value], f"{path}.").items():
                    found.setdefault(below, []).extend(items)
    return {path: items for path, items in found.items() if items}
