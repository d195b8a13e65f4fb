"""Makes a source profile for JSON objects from what a sample of them shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from salesetl.mapping.tokens import quoted
from salesetl.model.source import Source
from salesetl.model.table import item_fields
from salesetl.model.types import T
from salesetl.suggesting.asking import Asker
from salesetl.suggesting.candidates import Candidates
from salesetl.suggesting.date_entries import put_dates
from salesetl.suggesting.draft import Draft
from salesetl.suggesting.object_samples import ObjectSample
from salesetl.suggesting.table_samples import Column

_MOST_OBJECTS = 500


def object_profile(source: Source, sample: ObjectSample, asker: Asker) -> Draft:
    """Make the profile of a source of JSON, by the names in its objects; or ask."""
    draft, objects = Draft(), sample.objects[:_MOST_OBJECTS]
    if sample.records:
        draft.put("records", sample.records)
    table = source.contract
    fields = table.delivered_fields
    candidates = Candidates(T.StructType(fields), _columns(objects))
    columns = {each.name: each for each in candidates.columns}
    taken: set[str] = set()
    for field in fields:
        if item_fields(field):
            continue
        found = [name for name in candidates.of(field.name) if name not in taken]
        values = field.metadata.get("values", [])
        if values:
            found = [name for name in found if _has_one_of(values, columns[name])]
        if found:
            _put_column(draft, field.name, columns[found[0]], values)
            taken.add(found[0])
        elif values and field.name not in table.optional_columns:
            draft.remarks.append(
                f"nothing looks like {field.name} ({', '.join(values[:4])}): if it is the same for"
                " all, write it below [constants]"
            )
        elif field.name not in table.optional_columns:
            draft.remarks.append(f"nothing looks like {field.name}")
    for field in table.schema:
        if items := item_fields(field):
            _map_list(draft, objects, field.name, items)
    dated = [each for each in candidates.columns if each.name in taken]
    put_dates(draft, dated, candidates, asker)
    return draft


def _has_one_of(values: Sequence[str], column: Column) -> bool:
    """Tell whether a column has at least one of the values of a contract, in any case."""
    known = {each.casefold() for each in values}
    return any(each.casefold() in known for each in column.filled)


def _put_column(draft: Draft, role: str, column: Column, values: Sequence[str]) -> None:
    """Map a column, in the case of the values that the contract has."""
    if values and set(values).isdisjoint(column.filled):
        case = "lower" if all(map(str.islower, values)) else "upper"
        draft.put(f"expressions.{role}", f"{case}({quoted(column.name)})")
    else:
        draft.put(f"columns.{role}", column.name)


def paths_in(objects: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the paths of all values and lists in some objects."""
    return {*(each.name for each in _columns(objects)), *_lists(objects)}


def _map_list(
    draft: Draft,
    objects: Sequence[Mapping[str, Any]],
    name: str,
    fields: Sequence[T.StructField],
) -> None:
    """Map the list whose objects have most of the fields of a contract's list."""
    lists = {
        path: items
        for path, items in _lists(objects).items()
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
