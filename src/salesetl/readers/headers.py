"""Finds the header of a text file, and the lines above and below it that are no data."""

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

from salesetl.characters import name_key, trim
from salesetl.engines.delimited import BLANKS, cut_fields, first_record
from salesetl.errors import InputError
from salesetl.mapping.profile import Profile
from salesetl.mapping.text_layout import DELIMITERS
from salesetl.model.table import Table
from salesetl.readers.header_errors import (
    missing_error,
    no_header_error,
    wrong_width_error,
)

# The header is looked for among so many lines.
LINES_LOOKED_AT = 50
# As Excel writes above a file to say what delimits its fields.
_SEPARATOR = re.compile(r'"?sep=(.)"?[ ;,\t]*', re.IGNORECASE)


@dataclass(frozen=True)
class Header:
    """The names of a file's columns, and where they stand.

    `line` is the number of the line with the names, 0 if there is none; `data_after` is how many
    lines stand above the data, of which `skipped` are not blank and not the header. `is_first` if
    only the header stands there, and blank lines.
    """

    names: tuple[str, ...]
    delimiter: str
    line: int
    data_after: int
    skipped: int = 0
    is_first: bool = True


def find_header(path: str, head: str, table: Table, profile: Profile) -> Header:
    """Find the header in the beginning of a file, as its profile says.

    InputError if no line has all the names that are needed, or one has a name twice.
    """
    lines = list(io.StringIO(head, newline=""))
    delimiter = profile.field_delimiter
    named = separator_of(lines[0]) if lines and not profile.fixed_width else None
    if named:
        _check_delimiter(path, named)
        delimiter = profile.delimiter or named
    first = int(named is not None)
    if profile.given_names:
        return _without_header(
            path, lines, first, table, replace(profile, delimiter=delimiter)
        )
    # Where it is, it is as good as blank.
    lines[:first] = [""] * first
    found = _search(path, lines, first, table, replace(profile, delimiter=delimiter))
    if first:
        found = replace(found, is_first=False)
    _check_once(path, found.names)
    return found


def separator_of(line: str) -> str | None:
    """Return the delimiter that a first line such as `sep=;` names."""
    found = _SEPARATOR.fullmatch(line.rstrip("\r\n"))
    return found[1] if found else None


def _check_delimiter(path: str, delimiter: str) -> None:
    if delimiter not in DELIMITERS:
        raise InputError(
            f"{path}: its first line says that fields are delimited by {delimiter!r}, but only"
            f" {' '.join(map(repr, DELIMITERS))} can be; deliver it with one of these"
        )


def _without_header(
    path: str, lines: Sequence[str], first: int, table: Table, profile: Profile
) -> Header:
    """Return the names that a profile gives; see that they are enough and fit the first line."""
    delimiter = profile.field_delimiter
    skipped = first + (profile.skip_lines or 0)
    data = [line for line in lines[skipped:] if line.strip(BLANKS)]
    names = profile.given_names
    if missing := profile.missing(names, table):
        raise missing_error(path, names, missing, table, profile)
    if data and not profile.fixed_width:
        fields = cut_fields(first_record(data, delimiter)[0], delimiter)
        if fields is not None and len(fields) != len(names):
            raise wrong_width_error(path, fields, names, delimiter)
    return Header(
        names, delimiter, 0, skipped, _count(lines[first:skipped]), is_first=not skipped
    )


def _search(
    path: str, lines: Sequence[str], first: int, table: Table, profile: Profile
) -> Header:
    """Find the line with the names, either where the profile says or as the first that has all."""
    delimiter = profile.field_delimiter
    begin = first if profile.skip_lines is None else first + profile.skip_lines
    end = begin + LINES_LOOKED_AT
    if profile.skip_lines is not None:
        end = _after(lines, begin, profile.header_lines)
    candidates: list[tuple[int, list[str]]] = []
    for place in range(begin, min(end, len(lines))):
        if not lines[place].strip(BLANKS):
            continue
        record, length = first_record(islice(lines, place, None), delimiter)
        names = cut_fields(record, delimiter)
        if names is not None and not profile.missing(names, table):
            return _found(path, lines, (begin, place, length), names, profile)
        candidates.append((place, names or []))
    raise no_header_error(path, candidates, table, profile)


def _found(
    path: str,
    lines: Sequence[str],
    places: tuple[int, int, int],
    names: Sequence[str],
    profile: Profile,
) -> Header:
    """Tell the lines that stand above the data from a header that was found."""
    begin, place, length = places
    above = [line for line in lines[begin:place] if line.strip(BLANKS)]
    others = _other_headers(above, names, profile)
    if profile.skip_lines is None:
        _check_no_data(path, above[: len(above) - others], names, place, profile)
    left = profile.header_lines - 1 - others
    data_after = _after(lines, place + length, left)
    skipped = _count(lines[:place]) + _count(lines[place + length : data_after])
    return Header(
        tuple(names),
        profile.field_delimiter,
        place + 1,
        data_after,
        skipped,
        is_first=not skipped,
    )


def _other_headers(above: Sequence[str], names: Sequence[str], profile: Profile) -> int:
    """Count the lines just above the names that are lines of the header too."""
    most = profile.header_lines - 1
    if profile.skip_lines is not None:
        return len(above)
    count = 0
    for line in reversed(above):
        if count == most or not _is_alike(line, names, profile):
            break
        count += 1
    return count


def _check_no_data(
    path: str, above: Sequence[str], names: Sequence[str], place: int, profile: Profile
) -> None:
    """Refuse a header that stands below what looks like rows: nothing is passed over by a guess."""
    if any(_is_alike(line, names, profile) for line in above):
        raise InputError(
            f"{path}: line {place + 1} has the names of the columns, but a line above it has as"
            f" many fields; if the lines above are no data, set skip_lines = {place} in a source"
            " profile, otherwise correct the file"
        )


def _is_alike(line: str, names: Sequence[str], profile: Profile) -> bool:
    """Tell whether a line has the fields of the header, and not half of them empty."""
    fields = cut_fields(line.rstrip("\r\n"), profile.field_delimiter) or []
    filled = sum(bool(trim(field)) for field in fields)
    return len(fields) == len(names) and 2 * filled > len(names)


def _after(lines: Sequence[str], place: int, count: int) -> int:
    """Return the place after some lines that are not blank."""
    while count > 0 and place < len(lines):
        count -= bool(lines[place].strip(BLANKS))
        place += 1
    return place


def _count(lines: Sequence[str]) -> int:
    return sum(bool(line.strip(BLANKS)) for line in lines)


def _check_once(path: str, names: Sequence[str]) -> None:
    counts = Counter(map(name_key, names))
    for name in map(trim, names):
        if name and counts[name_key(name)] > 1:
            raise InputError(
                f"{path}: header names column {name!r} twice; rename one of them"
            )
