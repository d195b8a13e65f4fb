"""Which files an input path stands for, and what their first bytes tell."""

import gzip
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from salesetl.engines.records import is_packed, is_wide
from salesetl.errors import InputError
from salesetl.storage import StoredFile, normalized, storage_of

Found = TypeVar("Found")

# Looking at a file on S3 is mostly waiting.
_FILES_AT_ONCE = 16
HEAD_BYTES = 256 * 1024
BOM = b"\xef\xbb\xbf"

# As in a shell: neither sign stands for a slash.
_GLOB = {"*": "[^/]*", "?": "[^/]"}
_FOREIGN_FORMATS = {
    b"\xff\xfe": "is UTF-16",
    b"\xfe\xff": "is UTF-16",
    b"\x1f\x8b": "is gzip, but its name does not end in .gz",
    b"PK\x03\x04": "is a ZIP archive or an Excel workbook",
    b"PAR1": "is Parquet",
    b"BZh": "is bzip2",
    b"\x28\xb5\x2f\xfd": "is Zstandard",
}


def find_files(path: str, *, allow_empty: bool = False) -> list[StoredFile]:
    """List the data files that `path` names: a file, a folder or a glob.

    Files and folders whose name starts with a dot or an underscore are not data. InputError if
    nothing is there, or if a file has no bytes; `allow_empty` passes over those.
    """
    path = normalized(path)
    root = re.split(r"/[^/]*[*?]", path, maxsplit=1)[0]
    storage = storage_of(root)
    is_literal = root == path or storage.files(path)
    found = storage.files(path if is_literal else root)
    if not is_literal:
        pattern = re.compile(
            "".join(_GLOB.get(char, re.escape(char)) for char in path) + "(/.*)?"
        )
        found = [file for file in found if pattern.fullmatch(file.path)]
    data = [file for file in found if not _is_hidden(file.path, root)]
    if not data and not allow_empty:
        raise InputError(f"{path}: no files there; check the path")
    empty = [file.path for file in data if file.size == 0]
    if empty and not allow_empty:
        raise InputError(
            f"{empty[0]}: empty file (0 bytes); deliver it again, remove it or pass --allow_empty"
        )
    return [file for file in data if file.size > 0]


def look_at(
    files: Sequence[StoredFile], look: Callable[[StoredFile], Found]
) -> Iterator[tuple[StoredFile, Found]]:
    """Yield each file, in their order, with what a look at it has found; several at once."""
    with ThreadPoolExecutor(_FILES_AT_ONCE) as pool:
        yield from zip(files, pool.map(look, files), strict=True)


def _is_hidden(path: str, root: str) -> bool:
    below = (
        path.removeprefix(root).split("/")
        if path != root
        else [path.rpartition("/")[2]]
    )
    return any(part.startswith((".", "_")) for part in below)


def read_head(
    file: StoredFile, encoding: str, limit: int = HEAD_BYTES
) -> tuple[str, str]:
    """Return the first characters of a file, unpacked and without BOM, and its encoding.

    That is the encoding given, or UTF-8 if the file begins with the mark of it. InputError if the
    file is no text.
    """
    head = storage_of(file.path).read(file.path, limit)
    if is_gzip(file):
        head = _unpacked(file, head, limit)
    if not is_wide(encoding):
        for magic, claim in _FOREIGN_FORMATS.items():
            if head.startswith(magic):
                raise InputError(
                    f"{file.path}: {claim}; deliver it as {encoding} text, plain or gzipped as"
                    " .gz, or name its encoding in a source profile"
                )
        if b"\0" in head:
            raise InputError(
                f"{file.path}: has NUL bytes, so it is not {encoding} text; deliver it again,"
                " or name its encoding in a source profile"
            )
    if head.startswith(BOM):
        encoding = "UTF-8"
    text = head.removeprefix(BOM).decode(encoding, errors="replace")
    return text.removeprefix("\ufeff"), encoding


def read_whole(file: StoredFile) -> bytes:
    """Return all bytes of a file, unpacked and without BOM; InputError if it was cut off."""
    content = storage_of(file.path).read(file.path)
    if is_gzip(file):
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError, zlib.error) as error:
            raise _broken_gzip(file.path, error) from error
    return content.removeprefix(BOM)


def check_packed(files: Iterable[StoredFile]) -> None:
    """Unpack every packed file; InputError names the first that was cut off or damaged."""
    for file in filter(is_gzip, files):
        read_whole(file)


def is_gzip(file: StoredFile) -> bool:
    """Tell whether a file is unpacked on reading."""
    return is_packed(file.path)


def unpacked_bytes(file: StoredFile) -> int:
    """Guess how large a file is when it is unpacked: up to ten times its size."""
    return file.size * (10 if is_gzip(file) else 1)


def _broken_gzip(path: str, error: BaseException) -> InputError:
    return InputError(f"{path}: truncated or damaged gzip ({error}); deliver it again")


def _unpacked(file: StoredFile, head: bytes, limit: int) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(head, limit)
    except zlib.error as error:
        raise _broken_gzip(file.path, error) from error
