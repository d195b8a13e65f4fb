"""Tells one source profile from another by a short text."""

import hashlib
import json
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

from salesetl.mapping.profile import Profile


def fingerprint(profile: Profile) -> str:
    """Return a text that changes with what a profile says; empty if it says nothing.

    Comments and spelled-out defaults of its file do not change it, nor does a later version of
    salesetl with more entries.
    """
    told = _told(profile)
    if not told:
        return ""
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]


def _told(value: Any) -> Any:
    """Return the plain values of a profile, or of a part of it, that are not the defaults."""
    if isinstance(value, dict):
        return [[name, _told(each)] for name, each in value.items()]
    if isinstance(value, list | tuple):
        return [_told(each) for each in value]
    if hasattr(value, "source"):
        # Of an expression, what was written and not how it was read.
        return str(value.source)
    if not is_dataclass(value):
        return value if isinstance(value, str | int | bool | None) else str(value)
    return [
        [each.name, _told(own)]
        for each in fields(value)
        if (own := getattr(value, each.name)) != _default(each)
    ]


def _default(entry: Field[Any]) -> Any:
    if entry.default_factory is MISSING:
        return entry.default
    return entry.default_factory()
