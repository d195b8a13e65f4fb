"""Takes a sample of a delivered file: its beginning, and parts of the rest of a large one."""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from salesetl.errors import InputError
from salesetl.mapping.profile import Profile
from salesetl.readers.files import first_file, is_gzip, read_head
from salesetl.readers.kinds import NotText
from salesetl.readers.looking import marked_encoding
from salesetl.readers.packed import unpacked_head
from salesetl.readers.unpacked_files import content_path
from salesetl.readers.unpacking import local_content, unpack
from salesetl.storage import StoredFile
from salesetl.suggesting.guessed_encodings import guessed_encoding

_HEAD_BYTES = 1024 * 1024
_PART_BYTES = 128 * 1024
_PARTS = 8
_CHUNK_BYTES = 4 * 1024 * 1024
_MARKS = {
    codecs.BOM_UTF8: "UTF-8",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


@dataclass(frozen=True)
class TextSample:
    """The text of some parts of a file, which begin and end with lines, unless it has only one.

    `is_whole` if that is all of it, `is_table` of a workbook or Parquet, whose rows are the text.
    """

    path: str
    parts: tuple[str, ...]
    encoding: str
    is_whole: bool
    is_table: bool

    @property
    def is_guessed(self) -> bool:
        """Whether nothing but the letters tells the encoding."""
        return self.encoding not in ("UTF-8", *_MARKS.values())


@contextmanager
def sampled(path: str, sheet: str | None = None) -> Iterator[TextSample]:
    """Take the sample of the first file that a path names, of a workbook that of a sheet.

    InputError if it is not read.
    """
    file = first_file(path)
    with TemporaryDirectory(prefix="salesetl-") as folder:
        file, is_table = _as_text(file, folder, Profile(sheet=sheet))
        with local_content(content_path(file)) as local:
            if is_gzip(file):
                head = unpacked_head(file, _HEAD_BYTES + 1)
                # Of what hardly packs, the head may be shorter than asked for.
                is_whole = max(len(head), file.size) <= _HEAD_BYTES
                parts = [head[:_HEAD_BYTES]]
                encoding = _encoding(parts, None)
            else:
                is_whole = os.path.getsize(local) <= _HEAD_BYTES
                parts = [*_parts(local)]
                encoding = _encoding(parts, local)
        texts = [_text(part, encoding, is_whole=is_whole) for part in parts]
        lines = [_of_lines(texts[0]), *(map(_after_line, texts[1:]))]
        found = texts if is_whole else filter(None, lines)
        yield TextSample(file.path, tuple(found), encoding, is_whole, is_table)


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
    """Yield the beginning of a file, and parts of the rest of a larger one."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        head = file.read(_HEAD_BYTES)
        yield head
        is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        if size <= _HEAD_BYTES or is_wide:
            # Without its mark, nothing tells how a part of UTF-16 is to be read.
            return
        step = max((size - _HEAD_BYTES) // _PARTS, 1)
        for start in range(_HEAD_BYTES, size, step):
            file.seek(start)
            yield file.read(min(_PART_BYTES, step))


def _text(part: bytes, encoding: str, *, is_whole: bool) -> str:
    """Decode a part, without the character at its end that a limit has cut."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    return decoder.decode(part, final=is_whole).removeprefix("\ufeff")


def _of_lines(text: str) -> str:
    """Leave out the last line, which was cut, unless it is most of a text, as in JSON."""
    kept = text[: text.rfind("\n") + 1]
    return kept if 2 * len(kept) >= len(text) else text


def _after_line(text: str) -> str:
    """Leave out the first and the last line of a part, which were cut."""
    rest = text.partition("\n")[2]
    return rest[: rest.rfind("\n") + 1]


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
    return guessed_encoding(parts)


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
