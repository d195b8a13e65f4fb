"""A source profile while it is being made, and its text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from salesetl.mapping.tokens import literal

_ORDER = (
    *(
        "number",
        "columns",
        "constants",
        "expressions",
        "key",
        "filter",
        "rules",
        "lists",
    ),
    "lookup",
)
_BARE = re.compile("[A-Za-z0-9_-]+")


@dataclass
class Draft:
    """The entries of a profile, sections below their names, with remarks.

    `remarks` are for a person who looks at it. `because` says of an entry why it is there.
    """

    entries: dict[str, Any] = field(default_factory=dict)
    because: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def put(self, path: str, value: Any, because: str = "") -> None:
        """Add an entry, such as `columns.date`."""
        *sections, name = path.split(".", 1) if "." in path else [path]
        place = self.entries
        for section in sections:
            place = place.setdefault(section, {})
        place[name] = value
        if because:
            self.because[path] = because

    def put_section(self, name: str, entries: Mapping[str, Any]) -> None:
        """Add a section, whose name may have several parts, such as `lookup.orders`."""
        self.entries[name] = dict(entries)

    def keep(self, condition: str, because: str = "") -> None:
        """Filter rows for which a condition does not hold, beside others that are filtered."""
        before = self.entries.get("filter", {}).get("keep")
        if before:
            condition = " and ".join(map(_grouped, (before, condition)))
        self.put("filter.keep", condition, because)

    def move_to(self, folder: str) -> None:
        """Write the paths of files below a folder as they are from there."""
        for entries in self.entries.values():
            path = entries.get("path", "") if isinstance(entries, dict) else ""
            if path.startswith(f"{folder}/"):
                entries["path"] = path.removeprefix(f"{folder}/")

    def text(self, heading: list[str]) -> str:
        """Write the profile as TOML below some lines of comment."""
        lines = [f"# {line}".rstrip() for line in heading]
        plain = {k: v for k, v in self.entries.items() if not isinstance(v, dict)}
        sections = {k: v for k, v in self.entries.items() if isinstance(v, dict)}
        lines += ["", *self._lines(plain, "")] if plain else []
        ranked = sorted(sections, key=lambda name: _ORDER.index(name.split(".")[0]))
        for name in ranked:
            entries = sections[name]
            lines += ["", f"[{name}]", *self._lines(entries, f"{name}.")]
        return "\n".join(lines) + "\n"

    def _lines(self, entries: Mapping[str, Any], prefix: str) -> list[str]:
        lines = []
        for name, value in entries.items():
            told = self.because.get(f"{prefix}{name}")
            line = f"{name if _BARE.fullmatch(name) else _text(name)} = {toml(value)}"
            lines.append(f"{line}  # {told}" if told else line)
        return lines


def toml(value: Any) -> str:
    """Write a value as TOML does."""
    match value:
        case bool():
            return str(value).lower()
        case int() | Decimal():
            return str(value)
        case list() | tuple():
            return f"[{', '.join(map(toml, value))}]"
    return _text(str(value))


def literals(texts: Iterable[str]) -> str:
    """Write texts as an expression has them, with commas between."""
    return ", ".join(map(literal, texts))


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _grouped(condition: str) -> str:
    """Write a condition so that others can be joined to it by `and`."""
    return f"({condition})" if " or " in condition else condition
