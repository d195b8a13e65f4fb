"""Tells what is wrong with the header of a file, and what to do about it."""

from collections.abc import Sequence

from salesetl.characters import trim
from salesetl.errors import InputError, nearest
from salesetl.mapping.profile import Profile
from salesetl.model.table import Table

# A long list of names helps nobody.
_MOST_TOLD = 40


def no_header_error(
    path: str,
    candidates: Sequence[tuple[int, Sequence[str]]],
    table: Table,
    profile: Profile,
) -> InputError:
    """Tell all columns that are missing from the line that is most like a header.

    What has none of the names may be a row, which no message shows.
    """
    needed = len(profile.needed(table))
    _, header = min(
        candidates,
        key=lambda each: len(profile.missing(each[1], table)),
        default=(0, []),
    )
    missing = profile.missing(header, table)
    first = candidates[0][1] if candidates else []
    if len(missing) < needed:
        return missing_error(path, header, missing, table, profile)
    if candidates and not first:
        return InputError(
            f"{path}: the header line has a quote in the wrong place; correct the line"
        )
    return InputError(
        f"{path}: the first line has none of the needed columns, such as {missing[0]!r}; does the"
        " file have a header line? If not, set header = false and names in a source profile; if so,"
        f" {_remedy(first, profile.field_delimiter)}"
    )


def missing_error(
    path: str,
    header: Sequence[str],
    missing: Sequence[str],
    table: Table,
    profile: Profile,
) -> InputError:
    """Tell which columns are missing among the names of a file."""
    where = "names of the source profile have" if profile.given_names else "header has"
    names = [trim(name) for name in header]
    unused = profile.unknown(header, table)
    told = [_told(name, names, unused, profile) for name in missing]
    what = "column" if len(missing) == 1 else "columns"
    found = ", ".join(names[:_MOST_TOLD]) + (", …" if len(names) > _MOST_TOLD else "")
    return InputError(
        f"{path}: {where} no {what} {', '.join(told)} (found: {found});"
        f" {_remedy(header, profile.field_delimiter)}"
    )


def wrong_width_error(
    path: str, fields: Sequence[str], names: Sequence[str], delimiter: str
) -> InputError:
    """Tell that a file without a header has another number of columns than its profile names."""
    if seen := _seen_delimiter(fields, delimiter):
        return InputError(f"{path}: {seen}")
    return InputError(
        f"{path}: its first line of data has {len(fields)} fields, but names in the source profile"
        f" lists {len(names)}; correct names, or the delimiter"
    )


def _told(
    name: str, names: Sequence[str], unused: Sequence[str], profile: Profile
) -> str:
    """Quote a name, with the entry of the profile that needs it and the nearest name found.

    An entry may mean any name of the file, the contract only one that is of no use otherwise.
    """
    entry = profile.entry_of(name)
    meant = nearest(name, filter(None, names if entry else unused))
    told = f"{name!r} of {entry}" if entry else repr(name)
    return f"{told} (did you mean {meant!r}?)" if meant else told


def _remedy(header: Sequence[str], delimiter: str) -> str:
    """Tell what to do about a header that lacks a column, by what it seems to be delimited by."""
    seen = _seen_delimiter(header, delimiter)
    return seen or "correct the header, or map its names in a source profile"


def _seen_delimiter(header: Sequence[str], delimiter: str) -> str | None:
    found = ", ".join(header)
    for character in ";\t|,":
        if character != delimiter and found.count(character) >= 2 > len(header) - 1:
            return (
                f"the delimiter seems to be {character!r}: set it as delimiter in a source"
                " profile"
            )
    return None
