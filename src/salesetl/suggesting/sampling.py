"""Takes a sample of a delivered file: its beginning, and parts of the rest of a large one."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from tempfile import TemporaryDirectory

from salesetl.errors import InputError
from salesetl.mapping.profile import Profile
from salesetl.readers.files import find_files, is_gzip, read_head
from salesetl.readers.kinds import NotText
from salesetl.readers.looking import marked_encoding
from salesetl.readers.packed import unpacked_head
from salesetl.readers.unpacked_files import content_path
from salesetl.readers.unpacking import local_content, unpack
from salesetl.storage import StoredFile

_HEAD_BYTES = 1024 * 1024
_PART_BYTES = 128 * 1024
_PARTS = 8
_CHUNK_BYTES = 4 * 1024 * 1024
_MARKS = {
    codecs.BOM_UTF8: "UTF-8",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
# Of text that is not UTF-8, the encodings that exports have, the most frequent one first.
_OTHERS = ("windows-1252", "IBM850")
# What text of European languages has beside ASCII; a capital letter only at the begin of a word.
_SMALL = set("äöüßéèêëàâçñõãáíóúôîïûùòìåæø€£°½²³®™’“”–\xa0")
_CAPITAL = set("ÄÖÜÉÈÊÀÂÇÑÕÃÁÍÓÚÔÎÅÆØ")


@dataclass(frozen=True)
class TextSample:
    """The text of some parts of a file, which begin and end with lines.

    `is_whole` if that is all of it, `is_table` of a workbook or Parquet, whose rows are the text.
    """

    path: str
    parts: tuple[str, ...]
    encoding: str
    is_whole: bool
    is_table: bool


@contextmanager
def sampled(path: str, sheet: str | None = None) -> Iterator[TextSample]:
    """Take the sample of the first file that a path names, of a workbook that of a sheet.

    InputError if it is not read.
    """
    file = find_files(path)[0]
    with TemporaryDirectory(prefix="salesetl-") as folder:
        file, is_table = _as_text(file, folder, Profile(sheet=sheet))
        with local_content(content_path(file)) as local:
            if is_gzip(file):
                head = unpacked_head(file, _HEAD_BYTES)
                parts, is_whole = [_cut(head, _HEAD_BYTES)], len(head) < _HEAD_BYTES
                encoding = _encoding(parts, None)
            else:
                parts = list(_parts(local))
                is_whole = len(parts) == 1
                encoding = _encoding(parts, local)
        texts = tuple(part.decode(encoding, errors="replace") for part in parts)
        first = texts[0].removeprefix("\ufeff")
        yield TextSample(file.path, (first, *texts[1:]), encoding, is_whole, is_table)


def _as_text(
    file: StoredFile, folder: str, profile: Profile
) -> tuple[StoredFile, bool]:
    """Return a file as text, unpacked below a folder if need be, and whether it is a table."""
    try:
        read_head(file, marked_encoding(file), 1024)
    except NotText as error:
        return unpack(file, error.kind, folder, profile), error.kind.is_table
    return file, False


def _parts(path: str) -> Iterator[bytes]:
    """Yield the beginning of a file, and parts of the rest of a larger one, of whole lines."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        head = file.read(_HEAD_BYTES)
        yield _cut(head, _HEAD_BYTES)
        is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        if size <= _HEAD_BYTES or is_wide:
            return
        step = max((size - _HEAD_BYTES) // _PARTS, 1)
        for start in range(_HEAD_BYTES, size, step):
            file.seek(start)
            part = file.read(min(_PART_BYTES, step))
            whole = _cut(part, min(_PART_BYTES, step)).partition(b"\n")[2]
            if whole:
                yield whole


def _cut(part: bytes, limit: int) -> bytes:
    """Leave out the last line of a part that was cut at a limit."""
    return part if len(part) < limit else part[: part.rfind(b"\n") + 1]


def _encoding(parts: list[bytes], path: str | None) -> str:
    """Tell how text is encoded; all of a file is looked at, because few bytes tell UTF-8 apart."""
    for mark, encoding in _MARKS.items():
        if parts[0].startswith(mark):
            return encoding
    if _is_utf8(parts, path):
        return "UTF-8"
    if b"\0" in parts[0]:
        raise InputError(
            "the file has NUL bytes, so it is no text that is known; save it as CSV in UTF-8"
        )
    return max(_OTHERS, key=lambda each: _letters(parts, each))


def _is_utf8(parts: list[bytes], path: str | None) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        if path is None:
            for part in parts:
                decoder.decode(part)
            return True
        with open(path, "rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _letters(parts: list[bytes], encoding: str) -> int:
    """Count what text has beside ASCII in an encoding, less what no text has."""
    found = 0
    for part in parts:
        text = part.decode(encoding, errors="replace")
        for before, char in pairwise(f" {text}"):
            if not char.isascii():
                is_begin = char in _CAPITAL and not before.islower()
                found += 1 if char in _SMALL or is_begin else -1
    return found
