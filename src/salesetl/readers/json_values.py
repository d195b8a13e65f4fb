"""Takes records out of JSON texts, and values out of records by their paths, as text."""

import json
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

Path = tuple[str, ...]

# A number of more digits than any column has stays as it is written, and is refused there.
_LONGEST_EXPONENT = 60
_BLANKS = re.compile(r"[ \t\r\n]*")


class KeyTwiceError(ValueError):
    """A JSON object has a key twice."""


class OtherKindError(ValueError):
    """A value is an object or a list but must be a text or a number, or the other way round."""


def path_of(text: str) -> Path:
    """Return the names that lead to a value; `$.customer.id` and `customer.id` are the same."""
    return tuple(text.removeprefix("$").removeprefix(".").split("."))


def parsed(text: str) -> dict[str, Any]:
    """Parse a record, each number as its digits; ValueError if it is not a JSON object."""
    found = _DECODER.decode(text)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found


def value_at(record: Any, path: Path) -> str | None:
    """Return the text of a value; None where there is none.

    A star stands for all items of a list: the value is then the sum of its numbers.
    """
    if "*" in path:
        return _sum(record, path)
    found = _at(record, path)
    if isinstance(found, dict | list):
        raise OtherKindError
    if isinstance(found, bool):
        return str(found).lower()
    if found is None:
        return None
    text = str(found)
    # Half a character, which JSON can escape, has no text.
    text.encode()
    return text


def list_at(record: Any, path: Path) -> list[Any] | None:
    """Return the objects of a list; None where there is no list."""
    found = _at(record, path)
    if found is None:
        return None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise OtherKindError
    return found


def has(record: Any, path: Path) -> bool:
    """Tell whether a record has a name, whatever its value."""
    *above, name = path[: path.index("*")] if "*" in path else path
    try:
        holder = _at(record, tuple(above))
    except OtherKindError:
        return False
    return isinstance(holder, dict) and name in holder


def records_at(text: str, path: Path) -> list[str] | None:
    """Return the texts of the items of a list inside an object; None if there is no such list."""
    place = 0
    for name in path:
        found = _place_of(text, place, name)
        if found is None:
            return None
        place = found
    if not text.startswith("[", place):
        return None
    return [text[start:end] for start, end in _items(text, place)]


def _sum(record: Any, path: Path) -> str | None:
    place = path.index("*")
    before, after = path[:place], path[place + 1 :]
    texts = [value_at(item, after) for item in list_at(record, before) or []]
    try:
        numbers = [Decimal(text) for text in texts if text is not None]
    except InvalidOperation as error:
        raise OtherKindError from error
    return f"{sum(numbers, Decimal(0)):f}" if numbers else None


def _at(record: Any, path: Sequence[str]) -> Any:
    found = record
    for name in path:
        if found is None:
            return None
        if isinstance(found, list) and name.isdecimal():
            found = found[int(name)] if int(name) < len(found) else None
        elif isinstance(found, dict):
            found = found.get(name)
        else:
            raise OtherKindError
    return found


def _place_of(text: str, place: int, name: str) -> int | None:
    """Return where the value of a name begins in the object that begins at a place."""
    if not text.startswith("{", place):
        return None
    place = _after_blanks(text, place + 1)
    while not text.startswith("}", place):
        key, place = _PLACES.raw_decode(text, place)
        place = _after_blanks(text, _after_blanks(text, place) + 1)
        if key == name:
            return place
        _, place = _PLACES.raw_decode(text, place)
        place = _after_blanks(text, place)
        if text.startswith(",", place):
            place = _after_blanks(text, place + 1)
    return None


def _items(text: str, place: int) -> Iterator[tuple[int, int]]:
    place = _after_blanks(text, place + 1)
    while not text.startswith("]", place):
        _, end = _PLACES.raw_decode(text, place)
        yield place, end
        place = _after_blanks(text, end)
        if text.startswith(",", place):
            place = _after_blanks(text, place + 1)


def _after_blanks(text: str, place: int) -> int:
    found = _BLANKS.match(text, place)
    return found.end() if found else place


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise KeyTwiceError
    return found


def _digits(text: str) -> str:
    """Write a number without an exponent."""
    if "e" not in text.lower():
        return text
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    if abs(value.adjusted()) > _LONGEST_EXPONENT:
        return text
    return f"{value:f}"


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


_DECODER = json.JSONDecoder(
    parse_int=str,
    parse_float=_digits,
    parse_constant=_no_number,
    object_pairs_hook=_once,
)
# Only the places of values matter.
_PLACES = json.JSONDecoder(parse_int=str, parse_float=str)
