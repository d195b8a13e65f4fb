"""Reads TOML files into dataclasses, and checks every entry by the type of its field."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_origin, get_type_hints

from salesetl.errors import InputError, not_known

Filled = TypeVar("Filled")

# A flag is a number to Python, so it is asked for first.
_KINDS: dict[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    Decimal: "a number",
    str: "text in quotes",
    list: "a list",
    dict: "a section",
}


def fill(
    kind: type[Filled], entries: Mapping[str, Any], owner: str, path: str = ""
) -> Filled:
    """Make a dataclass from the entries of a TOML file; messages call the file `owner`.

    A field that is a dataclass is a section of the file, one of Any is taken as it is. A field of
    another class is made from its text. ValueError names an entry that is unknown (with the nearest
    known one), missing, or of another type.
    """
    hints = get_type_hints(kind)
    for name in entries:
        if name not in hints:
            told = f"{path}{name}: {name!r} is not an entry of {owner}"
            raise ValueError(not_known(told, name, hints))
    values = {
        name: _value(hints[name], value, f"{path}{name}")
        for name, value in entries.items()
    }
    declared = fields(cast(Any, kind))
    needed = [
        each.name
        for each in declared
        if each.default is MISSING and each.default_factory is MISSING
    ]
    for name in needed:
        if name not in values:
            raise ValueError(
                f"{path}{name} is missing; {owner} needs {' and '.join(needed)}"
            )
    return kind(**values)


def _value(hint: Any, value: Any, path: str) -> Any:
    """Turn the value of an entry into that of its field."""
    hint = next((each for each in get_args(hint) if NoneType in get_args(hint)), hint)
    if get_origin(hint) is dict:
        check_kind(path, value, dict)
        inner = get_args(hint)[1]
        return {
            name: _value(inner, each, f"{path}.{name}") for name, each in value.items()
        }
    if get_origin(hint) is tuple:
        check_kind(path, value, list)
        return tuple(
            _value(get_args(hint)[0], each, f"each of {path}") for each in value
        )
    if is_dataclass(hint):
        check_kind(path, value, dict)
        return fill(cast(type, hint), value, f"[{path}]", f"{path}.")
    if hint is Any:
        return value
    if hint in _KINDS:
        check_kind(path, value, hint)
        return value
    check_kind(path, value, str)
    try:
        return hint(value)
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def check_kind(path: str, value: Any, wanted: type) -> None:
    """Check the type of a value; ValueError says what it is and what it must be."""
    found = type(value)
    is_number = wanted in (float, Decimal) and found is int
    if found is not wanted and not is_number:
        told = _KINDS.get(found, "a date or a time")
        raise ValueError(f"{path} is {told}, but must be {_KINDS[wanted]}")
