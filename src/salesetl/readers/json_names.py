"""Compares the names in JSON objects with their contract."""

import difflib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from salesetl.model.shapes import flat, item_parents, json_parents, json_path
from salesetl.model.table import item_fields
from salesetl.model.types import T


@dataclass(frozen=True)
class Names:
    """The names in the objects of a delivery; an inner name begins with the outer ones.

    `unknown` are names that the contract does not have, `absent` columns that no object has though
    they are not optional.
    """

    unknown: list[str]
    absent: list[str]
    known: list[str]

    @property
    def absent_text(self) -> str:
        """Name the columns that no object has, each with the nearest name that one has."""
        told = []
        for name in self.absent:
            nearest = _nearest(name, self.unknown)
            told.append(f"{name} (nearest: {nearest})" if nearest else name)
        return ", ".join(told)


def compare_names(found: Iterable[str], delivered: T.StructType) -> Names:
    """Compare the names in objects with the names of the declared shape."""
    found = set(found)
    values = flat(delivered)
    lists = [".".join(json_path(field)) for field in values if item_fields(field)]
    inner = {
        ".".join([*json_path(field), parent])
        for field in values
        for parent in item_parents(field)
    }
    outer = {*json_parents(values), *lists, *inner}
    names = _names(values)
    optional = {
        ".".join(json_path(field))
        for field in values
        if field.metadata.get("is_optional")
    }
    return Names(
        unknown=sorted(found - set(names) - outer),
        absent=[name for name in names if name not in {*found, *optional}],
        known=[name for name in names if name in found],
    )


def _names(values: T.StructType) -> list[str]:
    """Return the names of all values as they are delivered, those in lists among them."""
    names = []
    for field in values:
        path = ".".join(json_path(field))
        items = item_fields(field)
        names += [f"{path}.{each.name}" for each in items] if items else [path]
    return names


def _nearest(name: str, others: Collection[str]) -> str | None:
    """Return the name that is most like another, which may be on another level."""
    last = {other: _plain(other.rpartition(".")[2]) for other in others}
    wanted = _plain(name.rpartition(".")[2])
    same = [other for other, plain in last.items() if plain == wanted]
    if same:
        return same[0]
    near = difflib.get_close_matches(wanted, list(last.values()), n=1, cutoff=0.6)
    return next((other for other in last if near and last[other] == near[0]), None)


def _plain(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.casefold())
