"""The sections of a source profile: key, filter, fill-down, lists and look-ups."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from salesetl.characters import name_key
from salesetl.mapping.expressions import Condition, Expression
from salesetl.mapping.text_layout import TextLayout, check_layout


@dataclass(frozen=True)
class Key:
    """A key that is made from several columns of the file.

    With `line_number`, a digest of the values follows, and a number among the equal rows of the
    file. So a second copy of the file gives the same keys.
    """

    column: str
    parts: tuple[str, ...]
    separator: str = "-"
    line_number: bool = False


@dataclass(frozen=True)
class Filter:
    """The rows to load: those for which `keep` is true. The other rows are counted as filtered.

    A record that begins with one of the texts of `skip`, such as a footer, is filtered too, even if
    it is malformed.
    """

    keep: Condition | None = None
    skip: tuple[str, ...] = ()


@dataclass(frozen=True)
class FillDown:
    """Columns whose values stand only on the first of the lines that have the same `within`."""

    columns: tuple[str, ...]
    within: tuple[str, ...]

    def __post_init__(self) -> None:
        """See that there are columns of both kinds, and none is of both; ValueError if not."""
        for name in ("columns", "within"):
            if not getattr(self, name):
                raise ValueError(f"fill_down.{name} is empty; list columns of the file")
        within = set(map(name_key, self.within))
        for name in self.columns:
            if name_key(name) in within:
                raise ValueError(
                    f"fill_down has {name!r} in columns and in within; what tells groups apart"
                    " stands on every line"
                )


@dataclass(frozen=True)
class ListProfile:
    """The difference between the objects of a list and the items of a column of the contract.

    `path` leads to the list. `columns` and `expressions` are as in a profile, for names in an item.
    """

    path: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    expressions: dict[str, Expression] = field(default_factory=dict)

    def used(self, names: Sequence[str]) -> list[str]:
        """Return the names that items of these names are made of."""
        used = [
            self.columns.get(name, name)
            for name in names
            if name not in self.expressions
        ]
        for expression in self.expressions.values():
            used += expression.names
        return list(dict.fromkeys(used))


@dataclass(frozen=True, kw_only=True)
class Lookup(TextLayout):
    """Another file, with columns for the rows whose `on` is its `key`.

    `path` is relative to the profile. `on` is a column of the file that the profile is of; without
    it, it has the name of the key.
    """

    path: str
    key: str
    columns: tuple[str, ...]
    on: str | None = None

    @property
    def joined_on(self) -> str:
        """The column of a row that is looked up."""
        return self.key if self.on is None else self.on


def check_lookups(lookups: Mapping[str, Lookup]) -> None:
    """See that look-ups have names that rules can have, and bring each column once.

    ValueError names the entry.
    """
    brought: dict[str, str] = {}
    for name, lookup in lookups.items():
        entry = f"lookup.{name}"
        if not re.fullmatch("[a-z][a-z0-9_]{0,30}", name):
            raise ValueError(
                f"{entry}: its name must be a letter, then letters, digits or _, all lower case"
            )
        for each in ("path", "key", "columns"):
            if not getattr(lookup, each):
                raise ValueError(f"{entry}.{each} is empty")
        try:
            check_layout(lookup)
        except ValueError as error:
            raise ValueError(f"{entry}: {error}") from error
        for column in lookup.columns:
            other = brought.setdefault(name_key(column), entry)
            if other != entry or name_key(column) == name_key(lookup.joined_on):
                raise ValueError(
                    f"{entry}.columns brings {column!r}, which is there already"
                    f"{f', from {other}' if other != entry else ''}; leave it out"
                )
