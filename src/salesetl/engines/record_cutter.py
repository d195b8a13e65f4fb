"""Joins the lines of records that span lines; damage costs its own record and no other."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from salesetl.engines.delimited import (
    LONGEST_RECORD,
    TextFormat,
    continued,
    cut_fields,
    open_fields,
)

_NUMBER = re.compile("[-+]?[0-9]")


class RecordCutter:
    """Joins the lines of records that span them, so that damage costs its own record and no other.

    A line that leaves a quote open takes in those up to its end, if together they have the fields
    of the header, the field in question is text, and none of the lines looks like a row of its own.
    Otherwise a quote is out of place, and the line is a record by itself, as are those after it.
    """

    def __init__(self, text: TextFormat) -> None:
        self._text = text
        self._delimiter = text.delimiter

    def records(self, lines: Iterable[str]) -> Iterator[str]:
        """Yield records of one or more lines, with their line ends."""
        source = iter(lines)
        given_back: deque[str] = deque()
        while True:
            line = given_back.popleft() if given_back else next(source, None)
            if line is None:
                return
            if (
                '"' not in line
                or (open_at := open_fields(line, self._delimiter)) is None
            ):
                yield line
                continue
            taken: list[str] = []
            following = chain(_drained(given_back), source)
            if self._takes_in(open_at, following, taken):
                yield "".join((line, *taken))
            else:
                yield line
                given_back.extendleft(reversed(taken))

    def _takes_in(
        self, complete: Sequence[str], following: Iterator[str], taken: list[str]
    ) -> bool:
        """Take the lines up to the end of a record whose field after the complete ones is open.

        False if there is no such end; `taken` are the lines that were looked at.
        """
        # In a text a blank follows a comma; before a number of a row only if it does so in others.
        has_blanks = any(
            complete[place].startswith(" ")
            for place in self._text.number_places
            if place < len(complete)
        )
        place, length, is_open = len(complete), 0, True
        while is_open:
            line = next(following, None)
            if line is None:
                return False
            taken.append(line)
            length += len(line)
            if (
                place >= self._text.width
                or place in self._text.number_places
                or length > LONGEST_RECORD
                or self._is_row(line, has_blanks=has_blanks)
            ):
                return False
            found = continued(line, self._delimiter)
            if found is None or self._begins_row(line, has_blanks=has_blanks):
                return False
            fields, is_open = found
            place += fields
        return place + 1 == self._text.width

    def _is_row(self, line: str, *, has_blanks: bool) -> bool:
        """Tell whether a line by itself has the fields of the header, and digits."""
        fields = cut_fields(line.rstrip("\r\n"), self._delimiter)
        if fields is None or len(fields) != self._text.width:
            return False
        numbers = [fields[place] for place in self._text.number_places]
        if not numbers:
            return self._text.width > 1
        has_digit = [any(map(str.isdigit, number)) for number in numbers]
        return any(has_digit) and all(
            (found and (has_blanks or not number.startswith(" "))) or not number
            for found, number in zip(has_digit, numbers, strict=True)
        )

    def _begins_row(self, line: str, *, has_blanks: bool) -> bool:
        """Tell whether a line up to its first quote looks like the beginning of a row."""
        text, quote, _ = line.partition('"')
        fields = text.split(self._delimiter)[:-1] if quote else []
        numbers = [
            fields[place].lstrip(" " if has_blanks else "")
            for place in self._text.number_places
            if place < len(fields)
        ]
        return bool(numbers) and all(map(_NUMBER.match, numbers))


def _drained(lines: deque[str]) -> Iterator[str]:
    while lines:
        yield lines.popleft()
