"""Source profiles: how another system's export says what the contract says, in a TOML file."""

import codecs
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from salesetl import dates
from salesetl.characters import name_key, trim
from salesetl.errors import InputError
from salesetl.expressions import Expression
from salesetl.schemas.table import Table
from salesetl.storage import normalized, storage_of

_DELIMITERS = ",;\t|~:"
# Encodings that Python and Java know by the same name.
_ENCODINGS = (
    r"UTF-8|UTF-16(LE|BE)?|US-ASCII|ISO-8859-\d+|windows-125\d|IBM(437|85[0278]|86[26])"
    r"|Shift_JIS|GB18030|Big5|EUC-JP|EUC-KR|KOI8-R"
)


@dataclass(frozen=True)
class Key:
    """A key made of several columns of the file, and of a number where lines may be alike.

    With `line_number`, a digest of the whole line follows, and a number among the lines of its file
    that are equal; so a second copy of the file gives the same keys again.
    """

    column: str
    parts: tuple[str, ...]
    separator: str = "-"
    line_number: bool = False


@dataclass(frozen=True)
class Profile:
    """The difference between an export and the contract. The default is none.

    `columns` maps contract columns to names in the file, `constants` to a text they all have,
    `expressions` to an expression over contract columns or columns of the file.
    """

    delimiter: str = ","
    encoding: str = "UTF-8"
    date_format: str = ""
    decimal_comma: bool = False
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    expressions: dict[str, Expression] = field(default_factory=dict)
    key: Key | None = None

    def needed(self, table: Table) -> list[str]:
        """Names that a file's header must have."""
        made = set(self.constants) | ({self.key.column} if self.key else set())
        needed = [
            self.columns.get(name, name)
            for name in table.columns
            if name not in made and name not in self.expressions
        ]
        known = made | {name for name in table.columns if name not in self.expressions}
        for name, expression in self.expressions.items():
            needed += [operand for operand in expression.names if operand not in known]
            known.add(name)
        return list(dict.fromkeys([*needed, *(self.key.parts if self.key else ())]))

    def missing(self, header: Sequence[str], table: Table) -> list[str]:
        """Names that the header should have and has not."""
        found = {name_key(name) for name in header}
        return [name for name in self.needed(table) if name_key(name) not in found]

    def unknown(self, header: Sequence[str], table: Table) -> list[str]:
        """Names in the header that nothing is made of."""
        known = {name_key(name) for name in self.needed(table)}
        return [trim(name) for name in header if name_key(name) not in known]

    def key_method(self, table: Table) -> dict[str, Any]:
        """Describe how the key of a table is made, in what decides which key a row gets."""
        if self.key is None:
            [column] = table.key
            made = self.expressions.get(column)
            return {"parts": [made.source if made else column], "separator": ""}
        method: dict[str, Any] = {
            "parts": list(map(name_key, self.key.parts)),
            "separator": self.key.separator,
        }
        if self.key.line_number:
            method["values"] = {
                name: self._made_of(name)
                for name in table.columns
                if name != self.key.column
            }
        return method

    def _made_of(self, name: str) -> str:
        if name in self.expressions:
            return self.expressions[name].source
        if name in self.constants:
            return repr(self.constants[name])
        return name_key(self.columns.get(name, name))


def load_profile(source: str | None, table: Table) -> Profile:
    """Read a profile from a TOML file, local or on S3, or the shipped one of that name.

    InputError names the entry that is not understood.
    """
    if source is None:
        return Profile()
    try:
        return _profile(tomllib.loads(_read_text(source)), table)
    except (
        tomllib.TOMLDecodeError,
        UnicodeDecodeError,
        TypeError,
        ValueError,
    ) as error:
        raise InputError(f"{source}: not a source profile: {error}") from error
    except InputError as error:
        raise InputError(f"{source}: {error}") from error


def _read_text(source: str) -> str:
    path = normalized(source)
    storage = storage_of(path)
    if [file.path for file in storage.files(path)] == [path]:
        return storage.read(path).decode()
    shipped = files("salesetl").joinpath("source_profiles", f"{source}.toml")
    if "/" not in source and shipped.is_file():
        return shipped.read_text(encoding="utf-8")
    raise InputError("no such source profile; check the path")


def _profile(entries: dict[str, Any], table: Table) -> Profile:
    _check_types(entries)
    key = entries.pop("key", None)
    expressions = {
        name: Expression(text) for name, text in entries.pop("expressions", {}).items()
    }
    if key is not None:
        key = Key(**{**key, "parts": tuple(key["parts"])})
    profile = Profile(**entries, expressions=expressions, key=key)
    made = {*profile.columns, *profile.constants, *expressions}
    made |= {key.column} if key else set()
    for name, expression in expressions.items():
        if key and key.column in expression.names:
            raise ValueError(
                f"expressions.{name} uses {key.column!r}, which [key] makes"
            )
    for name in sorted(made - set(table.columns)):
        known = ", ".join(table.columns)
        raise ValueError(f"{name!r} is no column of {table.name}: {known}")
    if profile.delimiter not in _DELIMITERS or len(profile.delimiter) != 1:
        raise ValueError(f"delimiter {profile.delimiter!r} is none of {_DELIMITERS!r}")
    if not is_known_encoding(profile.encoding):
        raise ValueError(f"encoding {profile.encoding!r} is none of {_ENCODINGS}")
    if profile.date_format:
        try:
            dates.iso_date("", profile.date_format)
        except ValueError as error:
            told = f"{profile.date_format!r}: {str(error)!r} is not understood"
            raise ValueError(f"date_format {told}") from error
    return profile


def is_known_encoding(name: str) -> bool:
    """Tell whether Python and Java know an encoding by a name."""
    try:
        codecs.lookup(name)
    except LookupError:
        return False
    return re.fullmatch(_ENCODINGS, name, re.IGNORECASE) is not None


def _check_types(entries: dict[str, Any]) -> None:
    for name, value in entries.items():
        if name in ("columns", "constants", "expressions"):
            for column, text in _checked(name, value, dict).items():
                _checked(f"{name}.{column}", text, str)
        elif name == "key":
            parts = _checked(
                "key.parts", _checked(name, value, dict).get("parts"), list
            )
            for part in parts or [None]:
                _checked("each of key.parts", part, str)
        else:
            _checked(name, value, bool if name == "decimal_comma" else str)


def _checked(name: str, value: Any, wanted: type) -> Any:
    if not isinstance(value, wanted):
        kinds = {
            dict: "a section",
            list: "a list",
            bool: "true or false",
            str: "text in quotes",
        }
        raise ValueError(f"{name} is {value!r}, not {kinds[wanted]}")
    return value
