"""Tells one source profile from another by a short text."""

import hashlib
import json
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from salesetl.mapping.formulas import Formula
from salesetl.mapping.profile import Profile

# Entries whose order says something: a later one may need an earlier one, or stand behind it.
_ORDERED = ("expressions", "fixed_width", "lookup")


def fingerprint(profile: Profile) -> str:
    """Return a text that changes with what a profile says; empty if it says nothing.

    Comments, spelled-out defaults and the order of columns do not change it, nor does a later
    version of salesetl with more entries.
    """
    return _digest(_told(profile, is_sorted=True))


def earlier_fingerprint(profile: Profile) -> str:
    """Return the text that ledgers may have of a profile, which changes with any order too."""
    return _digest(_told(profile, is_sorted=False))


def _digest(told: Any) -> str:
    if not told:
        return ""
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]


def _told(value: Any, *, is_sorted: bool, name: str = "") -> Any:
    """Return the plain values of a profile, or of a part of it, that are not the defaults."""
    if isinstance(value, dict):
        has_order = not is_sorted or name in _ORDERED
        items = value.items() if has_order else sorted(value.items())
        return [[own, _told(each, is_sorted=is_sorted)] for own, each in items]
    if isinstance(value, list | tuple):
        return [_told(each, is_sorted=is_sorted) for each in value]
    if isinstance(value, Formula):
        # What was written and not how it was read.
        return str(value.source)
    if not is_dataclass(value):
        return value if isinstance(value, str | int | bool | None) else str(value)
    return [
        [each.name, _told(own, is_sorted=is_sorted, name=each.name)]
        for each in fields(value)
        if (own := getattr(value, each.name)) != _default(each)
    ]


def _default(entry: Field[Any]) -> Any:
    if entry.default_factory is MISSING:
        return entry.default
    return entry.default_factory()
