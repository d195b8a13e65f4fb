"""Finds the value of one column in a record, for a message that must not show the others."""

import json
from typing import Any

from salesetl.characters import name_key
from salesetl.engines.delimited import cut_fields
from salesetl.profiles import Profile


def field_value(record: str, header: str, column: str, profile: Profile) -> str | None:
    """Return the text of a column of the contract in a record of fields; None where it has none.

    What a profile computes was not delivered.
    """
    made = {*profile.constants, *profile.expressions}
    made |= {profile.key.column} if profile.key else set()
    if column in made:
        return None
    name = name_key(profile.columns.get(column, column))
    found = list(map(name_key, cut_fields(header, profile.delimiter) or []))
    fields = cut_fields(record, profile.delimiter) or []
    is_whole = len(found) == len(fields) and name in found
    return fields[found.index(name)] if is_whole else None


def object_value(record: str, path: str | None) -> str | None:
    """Return the text at a path in an object, such as `customer.country`; None if there is none."""
    try:
        # The digits as they were written.
        value: Any = json.loads(record, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    for name in path.split(".") if path else ():
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None
