"""Knows kinds of files by their first bytes: which are read, and what to do about the others."""

import re
from dataclasses import dataclass

from salesetl.errors import InputError


@dataclass(frozen=True)
class Kind:
    """A kind of files that are no text.

    `is_table` of one that has rows of values, and not the text of a file. `remedy` of one that is
    not read.
    """

    name: str
    is_table: bool = False
    remedy: str = ""


ZIP = Kind("a ZIP archive")
BZIP2 = Kind("bzip2")
ZSTANDARD = Kind("Zstandard")
PARQUET = Kind("Parquet", is_table=True)
WORKBOOK = Kind("an Excel workbook", is_table=True)

_AS_TEXT = "save it as .xlsx or as CSV, and deliver that"
_UNPACKED = "unpack it, and deliver its files as they are or as .zip or .gz"
_KINDS = {
    rb"PK(\x03\x04|\x05\x06)": ZIP,
    rb"BZh[1-9](1AY&SY|\x17rE8P\x90)": BZIP2,
    rb"\x28\xb5\x2f\xfd": ZSTANDARD,
    rb"PAR1": PARQUET,
    rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": Kind(
        "an old Excel workbook (.xls) or one with a password", remedy=_AS_TEXT
    ),
    rb"7z\xbc\xaf\x27\x1c": Kind("a 7z archive", remedy=_UNPACKED),
    rb"Rar!\x1a\x07": Kind("a RAR archive", remedy=_UNPACKED),
    rb"\xfd7zXZ\x00": Kind("xz", remedy=_UNPACKED),
    rb"%PDF-": Kind("a PDF", remedy="export CSV or Excel instead, and deliver that"),
    rb"\s*(?i:<!doctype html|<html|<table)": Kind("HTML", remedy=_AS_TEXT),
    rb"\s*<\?xml": Kind("XML", remedy=_AS_TEXT),
}
_PATTERNS = {re.compile(pattern): kind for pattern, kind in _KINDS.items()}


class NotText(InputError):
    """A file is no text, but of a kind that can be unpacked."""

    def __init__(self, told: str, kind: Kind) -> None:
        super().__init__(told)
        self.kind = kind


def kind_of(head: bytes) -> Kind | None:
    """Return the kind of a file by its first bytes; None for text."""
    for pattern, kind in _PATTERNS.items():
        if pattern.match(head):
            return kind
    return None


def refused(path: str, kind: Kind) -> InputError:
    """Say that a file of some kind is not read, with the remedy."""
    return InputError(f"{path}: is {kind.name}, which is not read; {kind.remedy}")
