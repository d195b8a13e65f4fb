"""What a source profile says of the lines of its files."""

import codecs
from dataclasses import dataclass, field
from typing import Any

from salesetl.characters import name_key
from salesetl.engines.delimited import Span
from salesetl.errors import not_known
from salesetl.mapping.fixed_width import spans_of

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "~": "tilde"}
DELIMITERS |= {":": "colon"}
_MOST_HEADER_LINES = 10
# Encodings that Python and Java know by the same name.
_ENCODINGS = (
    *("UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "US-ASCII"),
    *(f"ISO-8859-{part}" for part in (*range(1, 12), 13, 14, 15, 16)),
    *(f"windows-125{page}" for page in range(9)),
    *("IBM437", "IBM850", "IBM852", "IBM857", "IBM858", "IBM862", "IBM866"),
    *("Shift_JIS", "GB18030", "Big5", "EUC-JP", "EUC-KR", "KOI8-R"),
)


@dataclass(frozen=True)
class TextLayout:
    """How a file is written; the default is UTF-8 with commas and a header line.

    Without `skip_lines` the header is looked for. `header_lines` is of how many lines it is, of
    which one has the names. `names` are those of a file without a header, `fixed_width` those of
    one without delimiters, with their places. `sheet` is that of a workbook.
    """

    delimiter: str | None = None
    encoding: str = "UTF-8"
    skip_lines: int | None = None
    header: bool = True
    header_lines: int = 1
    names: tuple[str, ...] = ()
    fixed_width: dict[str, Any] = field(default_factory=dict)
    sheet: str | None = None

    @property
    def field_delimiter(self) -> str:
        """What stands between fields, unless a file itself says so."""
        return "," if self.delimiter is None else self.delimiter

    @property
    def spans(self) -> tuple[Span, ...]:
        """The characters of each column; none if there are delimiters."""
        return spans_of(self.fixed_width)

    @property
    def given_names(self) -> tuple[str, ...]:
        """The columns of files without a header."""
        return self.names or tuple(self.fixed_width)


def check_layout(profile: TextLayout) -> None:
    """See that entries about lines fit together; ValueError names the one that does not."""
    if profile.delimiter is not None and profile.delimiter not in DELIMITERS:
        raise ValueError(
            f"delimiter {profile.delimiter!r} is not allowed; allowed: "
            + " ".join(f"{each!r} ({name})" for each, name in DELIMITERS.items())
        )
    if not _is_known_encoding(profile.encoding):
        raise ValueError(_told_encoding(profile.encoding))
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


def _check_alone(profile: TextLayout) -> None:
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


def _told_encoding(name: str) -> str:
    told = f"encoding {name!r} is not supported"
    try:
        codec = codecs.lookup(name).name
        alike = [each for each in _ENCODINGS if codecs.lookup(each).name == codec]
    except (LookupError, ValueError):
        alike = []
    return not_known(told, alike[0] if alike else name, _ENCODINGS)


def _is_known_encoding(name: str) -> bool:
    return name.casefold() in (each.casefold() for each in _ENCODINGS)
