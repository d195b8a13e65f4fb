"""Finds the objects in a sample of JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from typing import Any

from salesetl.errors import InputError
from salesetl.suggesting.sampling import TextSample

_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)
# The name of a member of an object, up to its value.
_NAME = re.compile(r'[\s,{]*("(?:[^"\\]|\\.)*")\s*:\s*')


@dataclass(frozen=True)
class ObjectSample:
    """Some of the objects of a file, and what is written of each.

    `records` is the path to the list that they are in, if any.
    """

    text: TextSample
    objects: Sequence[Mapping[str, Any]]
    written: Sequence[str]
    records: str = ""

    def as_json(self) -> str:
        """Write the objects like their file: a line each, or in a list of the same path."""
        lines = (re.sub(r"[\r\n]", " ", each) for each in self.written)
        if not self.records:
            return "".join(f"{line}\n" for line in lines)
        names = reversed(self.records.split("."))
        inside = f"[{', '.join(lines)}]"
        return reduce(
            lambda text, name: f"{{{json.dumps(name)}: {text}}}", names, inside
        )


def objects_of(sample: TextSample) -> ObjectSample:
    """Find the objects in a sample; InputError if there are none."""
    first = sample.parts[0].lstrip()
    found, records = [*_objects(first.removeprefix("["))], ""
    if len(found) == 1 and (name := _wrapping(found[0][0])):
        _, inside = _list_in(found[0][1], name) or ("", "")
        found, records = [*_objects(inside)], name
    elif found and _is_by_line(first):
        found += chain.from_iterable(map(_objects, sample.parts[1:]))
    elif not found and first.startswith("{"):
        # A list in one object, which is longer than the sample.
        records, inside = _list_in(first) or ("", "")
        found = [*_objects(inside)]
    if not found:
        raise InputError(
            f"{sample.path}: has no JSON object in its beginning; deliver one object a line, or a"
            " list of objects"
        )
    objects, written = zip(*found, strict=True)
    return ObjectSample(sample, objects, written, records)


def _objects(text: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the objects in a text, one after the other, until one is broken or cut off."""
    place = 0
    while True:
        while place < len(text) and text[place] in " \t\r\n,":
            place += 1
        begin = place
        try:
            value, place = _DECODER.raw_decode(text, begin)
        except (ValueError, RecursionError):
            return
        if isinstance(value, dict):
            yield value, text[begin:place]


def _is_by_line(text: str) -> bool:
    """Tell whether a line is an object, so that all lines are, also further on."""
    line = text.partition("\n")[0].strip()
    return line.startswith("{") and line.endswith("}")


def _wrapping(found: Mapping[str, Any]) -> str | None:
    """Return the name of the list that is all of an object."""
    lists = [
        name
        for name, value in found.items()
        if isinstance(value, list)
        and value
        and all(isinstance(each, dict) for each in value)
    ]
    return lists[0] if len(lists) == 1 and len(found) <= 3 else None


def _list_in(text: str, wanted: str | None = None) -> tuple[str, str] | None:
    """Return the path to a list in an object, and the text from its first item on.

    It is the list of a name, or else the one in which the text is cut off.
    """
    names: list[str] = []
    place = 0
    while found := _NAME.match(text, place):
        name, place = json.loads(found[1]), found.end()
        if name == wanted:
            return name, text[place + 1 :]
        try:
            _, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            names.append(name)
            if text.startswith("[", place):
                return ".".join(names), text[place + 1 :]
    return None
