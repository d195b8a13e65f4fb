"""Source profiles: TOML files that map another system's export to the contract."""

import codecs
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from salesetl import dates
from salesetl.characters import name_key, trim
from salesetl.entries import fill
from salesetl.errors import InputError
from salesetl.expressions import Expression
from salesetl.model.table import Table
from salesetl.spelling import not_known
from salesetl.storage import normalized, storage_of

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", "~": "tilde"}
_DELIMITERS |= {":": "colon"}
# Encodings that Python and Java know by the same name.
_ENCODINGS = (
    *("UTF-8", "UTF-16", "UTF-16LE", "UTF-16BE", "US-ASCII"),
    *(f"ISO-8859-{part}" for part in (*range(1, 12), 13, 14, 15, 16)),
    *(f"windows-125{page}" for page in range(9)),
    *("IBM437", "IBM850", "IBM852", "IBM857", "IBM858", "IBM862", "IBM866"),
    *("Shift_JIS", "GB18030", "Big5", "EUC-JP", "EUC-KR", "KOI8-R"),
)


@dataclass(frozen=True)
class Key:
    """A key that is made from several columns of the file.

    With `line_number`, a digest of the values follows, and a number among the equal rows of the
    file. So a second copy of the file gives the same keys.
    """

    column: str
    parts: tuple[str, ...]
    separator: str = "-"
    line_number: bool = False


@dataclass(frozen=True)
class Profile:
    """The difference between an export and the contract; the default is no difference.

    `columns` maps a contract column to its name in the file, `constants` to a text that all rows
    have, `expressions` to an expression over contract columns or columns of the file.
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
        """Needed names that the header does not have."""
        found = {name_key(name) for name in header}
        return [name for name in self.needed(table) if name_key(name) not in found]

    def unknown(self, header: Sequence[str], table: Table) -> list[str]:
        """Names in the header that are not used."""
        known = {name_key(name) for name in self.needed(table)}
        return [trim(name) for name in header if name_key(name) not in known]

    def key_method(self, table: Table) -> dict[str, Any]:
        """Describe how the key of a row is made."""
        if self.key is None:
            made = [self.expressions.get(column) for column in table.key]
            parts = [
                each.source if each else column
                for each, column in zip(made, table.key, strict=True)
            ]
            return {"parts": parts, "separator": ""}
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
    """Read a profile from a TOML file, local or on S3, or take the shipped one of that name.

    InputError names the entry that is wrong.
    """
    if source is None:
        return Profile()
    try:
        return _profile(tomllib.loads(_read_text(source)), table)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError) as error:
        raise InputError(f"{source}: is not a valid source profile: {error}") from error
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
    raise InputError("there is no such source profile; check the path")


def _profile(entries: dict[str, Any], table: Table) -> Profile:
    profile = fill(Profile, entries, "a profile")
    for section in ("columns", "constants", "expressions"):
        for name in getattr(profile, section):
            _check_column(f"{section}.{name}", name, table)
    if profile.key:
        _check_key(profile.key, profile, table)
    if profile.delimiter not in _DELIMITERS:
        raise ValueError(
            f"delimiter {profile.delimiter!r} is not allowed; allowed: "
            + " ".join(f"{each!r} ({name})" for each, name in _DELIMITERS.items())
        )
    if not is_known_encoding(profile.encoding):
        raise ValueError(_told_encoding(profile.encoding))
    if profile.date_format:
        _check_date_format(profile.date_format)
    return profile


def _check_key(key: Key, profile: Profile, table: Table) -> None:
    if not key.parts:
        raise ValueError("key.parts is empty; list the columns that make the key")
    _check_column("key.column", key.column, table)
    for name, expression in profile.expressions.items():
        if key.column in expression.names:
            raise ValueError(
                f"expressions.{name} uses {key.column!r}, which [key] makes; use the columns of"
                " [key] instead"
            )


def _check_column(path: str, name: str, table: Table) -> None:
    if name not in table.columns:
        told = f"{path}: {name!r} is not a column of {table.name}"
        raise ValueError(not_known(told, name, table.columns))


def _told_encoding(name: str) -> str:
    told = f"encoding {name!r} is not supported"
    try:
        codec = codecs.lookup(name).name
        alike = [each for each in _ENCODINGS if codecs.lookup(each).name == codec]
    except (LookupError, ValueError):
        alike = []
    return not_known(told, alike[0] if alike else name, _ENCODINGS)


def _check_date_format(date_format: str) -> None:
    try:
        dates.iso_date("", date_format)
    except ValueError as error:
        part = str(error)
        told = f"date_format {date_format!r}: "
        if part == date_format:
            raise ValueError(f"{told}it needs yyyy, MM or M, and dd or d") from error
        told += f"{part!r} is not allowed"
        raise ValueError(not_known(told, part, dates.TOKENS)) from error


def is_known_encoding(name: str) -> bool:
    """Whether Python and Java both know an encoding by this name."""
    return name.casefold() in (each.casefold() for each in _ENCODINGS)
