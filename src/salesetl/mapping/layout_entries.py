"""Checks what a source profile says of the lines of its files."""

from typing import TYPE_CHECKING

from salesetl.characters import name_key

if TYPE_CHECKING:
    from salesetl.mapping.profile import Profile

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "~": "tilde"}
DELIMITERS |= {":": "colon"}
_MOST_HEADER_LINES = 10


def check_layout(profile: "Profile") -> None:
    """See that entries about lines fit together; ValueError names the one that does not."""
    if profile.delimiter is not None and profile.delimiter not in DELIMITERS:
        raise ValueError(
            f"delimiter {profile.delimiter!r} is not allowed; allowed: "
            + " ".join(f"{each!r} ({name})" for each, name in DELIMITERS.items())
        )
    if profile.skip_lines is not None and profile.skip_lines < 0:
        raise ValueError(f"skip_lines is {profile.skip_lines}, but must be 0 or more")
    if not 1 <= profile.header_lines <= _MOST_HEADER_LINES:
        raise ValueError(
            f"header_lines is {profile.header_lines}, but must be 1 to {_MOST_HEADER_LINES}; for a"
            " file without a header line set header = false and names"
        )
    if profile.sheet is not None and not profile.sheet.strip():
        raise ValueError("sheet is empty, but must be the name of a sheet")
    if profile.fixed_width:
        _check_alone(profile)
        # Where the columns are.
        _ = profile.spans
    elif not profile.header and not profile.names:
        raise ValueError(
            "header = false needs names, a list of the columns in their order"
        )
    elif profile.header and profile.names:
        raise ValueError("names is for files without a header: set header = false too")
    if not profile.header and profile.header_lines > 1:
        raise ValueError(
            "header = false and header_lines contradict each other; leave one out"
        )
    _check_once(profile.names)


def _check_alone(profile: "Profile") -> None:
    others = {
        "delimiter": profile.delimiter is not None,
        "names": bool(profile.names),
        "header": not profile.header,
        "header_lines": profile.header_lines > 1,
    }
    for name, is_there in others.items():
        if is_there:
            raise ValueError(
                f"{name} and [fixed_width] are both there; [fixed_width] names the columns and"
                " where they are, and skip_lines passes over a header; leave one of them out"
            )
    _check_once(tuple(profile.fixed_width))


def _check_once(names: tuple[str, ...]) -> None:
    keys = [name_key(name) for name in names]
    for name, key in zip(names, keys, strict=True):
        if not key or keys.count(key) > 1:
            what = "twice" if key else "without a name"
            raise ValueError(f"the columns of the file have {name!r} {what}")
