"""Finds the files of an input path, and checks their first bytes."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from typing import TypeVar

from salesetl.engines.records import is_packed, is_wide
from salesetl.errors import InputError
from salesetl.readers.globs import glob_pattern, glob_root
from salesetl.readers.kinds import Kind, NotText, kind_of, refused
from salesetl.readers.packed import GZIP, parts_of, unpacked_head
from salesetl.readers.unpacked_files import Unpacked, content_path
from salesetl.storage import StoredFile, is_local, normalized, storage_of

Found = TypeVar("Found")

# Looking at a file on S3 is mostly waiting.
_FILES_AT_ONCE = 16
_SMALL_BYTES = 1024 * 1024
HEAD_BYTES = 256 * 1024
BOM = b"\xef\xbb\xbf"
# What unpacks to nothing is hardly larger, so that only such small files are looked into.
_EMPTY_GZIP_BYTES = 4096
# Some readers pass over zeros behind the end of gzip, and Spark fails; no sound end has so many.
_PADDING = b"\0" * 8
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UNDECODED_BYTES = re.compile("[\udc80-\udcff]")
_PACKED_NAMES = (".bz2", ".gz", ".parquet", ".xlsx", ".zip", ".zst")


def find_files(path: str, *, allow_empty: bool = False) -> list[StoredFile]:
    """List the data files that `path` names: a file, a folder or a glob.

    Files and folders whose name starts with a dot or an underscore are not data, unless the path
    itself spells that out. InputError if nothing is there, or if a file is empty, packed or not;
    `allow_empty` passes over those.
    """
    data = list_files(path)
    if not data and not allow_empty:
        raise no_files(path)
    return without_empty(data, allow_empty=allow_empty)


def list_files(path: str) -> list[StoredFile]:
    """List the data files that `path` names, which may be none, without a look into them.

    InputError if the name of one is not UTF-8: no engine and no report could write it.
    """
    path = normalized(path)
    root = glob_root(path)
    storage = storage_of(root)
    if root == path or storage.files(path):
        found, root = storage.files(path), path
    else:
        pattern = glob_pattern(path)
        found = [file for file in storage.files(root) if pattern.fullmatch(file.path)]
    spelled = path.removeprefix(root).split("/")[1:]
    data = [file for file in found if not _is_hidden(file.path, root, spelled)]
    for file in data:
        if _UNDECODED_BYTES.search(file.path):
            raise InputError(f"{file.path!a}: the name is not UTF-8; rename the file")
    return data


def first_file(path: str) -> StoredFile:
    """Return the first file of a path that has a byte; InputError if there is none."""
    return (find_files(path, allow_empty=True) or find_files(path))[0]


def no_files(path: str) -> InputError:
    """Return the error of a path that names no file."""
    return InputError(f"{normalized(path)}: there are no files; check the path")


def without_empty(
    files: Sequence[StoredFile], *, allow_empty: bool
) -> list[StoredFile]:
    """Return files that have a byte; InputError if one has none, unless that is allowed."""
    empty = {
        file.path
        for file, is_empty in look_at([*filter(_may_be_empty, files)], _is_empty)
        if is_empty
    }
    if empty and not allow_empty:
        raise _empty(next(file for file in files if file.path in empty))
    return [file for file in files if file.path not in empty]


def look_at(
    files: Sequence[StoredFile], look: Callable[[StoredFile], Found]
) -> Iterator[tuple[StoredFile, Found]]:
    """Yield each file, in order, with the result of `look`; several are looked at at once."""
    if all(file.size < _SMALL_BYTES and is_local(file.path) for file in files):
        # A look takes less time than to have it taken elsewhere.
        yield from ((file, look(file)) for file in files)
        return
    pool = ThreadPoolExecutor(_FILES_AT_ONCE)
    try:
        yield from zip(files, pool.map(look, files), strict=True)
    finally:
        # When one look fails, or the run is to end, those that have not begun are not waited for.
        pool.shutdown(cancel_futures=True)


def _is_hidden(path: str, root: str, spelled: Sequence[str]) -> bool:
    """Tell whether a part of a path below its root is hidden, and not because it is spelled so."""
    below = path.removeprefix(root).split("/")[1:]
    return any(
        part.startswith((".", "_")) and not glob.startswith(part[0])
        for part, glob in zip_longest(below, spelled[: len(below)], fillvalue="")
    )


def _may_be_empty(file: StoredFile) -> bool:
    return file.size == 0 or (is_gzip(file) and file.size <= _EMPTY_GZIP_BYTES)


def _is_empty(file: StoredFile) -> bool:
    if file.size == 0:
        # Fails where there is only a link to what is not there.
        return not storage_of(file.path).read(file.path, 1)
    try:
        return not unpacked_head(file, 1)
    except InputError:
        # Damaged, which its reader says.
        return False


def _empty(file: StoredFile) -> InputError:
    size = "0 bytes" if file.size == 0 else "gzip of 0 bytes"
    return InputError(
        f"{file.path}: empty file ({size}); deliver it again, remove it or pass --allow_empty"
    )


def read_head(
    file: StoredFile, encoding: str, limit: int = HEAD_BYTES
) -> tuple[str, str]:
    """Return the first characters of a file, unpacked and without BOM, and its encoding.

    That is the encoding given, or UTF-8 if the file begins with the mark of it. InputError if the
    file is no text; NotText if it can be unpacked.
    """
    if is_gzip(file):
        head = unpacked_head(file, limit)
    else:
        path = content_path(file)
        head = storage_of(path).read(path, limit)
    if not head:
        raise _empty(file)
    if head.startswith(GZIP):
        told = (
            "gzipped twice; unpack it once"
            if is_gzip(file)
            else "gzip, but its name does not end in .gz; rename it"
        )
        raise InputError(f"{file.path}: is {told}, and deliver it again")
    if kind := kind_of(head):
        raise _no_text(file, kind)
    if not is_wide(encoding):
        if head.startswith(_UTF_16):
            raise InputError(
                f"{file.path}: is UTF-16; deliver it as {encoding} text, or set its encoding in a"
                " source profile"
            )
        if b"\0" in head:
            raise InputError(
                f"{file.path}: has NUL bytes, so it is not {encoding} text; deliver it again, or"
                " set its encoding in a source profile"
            )
    if head.startswith(BOM):
        encoding = "UTF-8"
    text = head.removeprefix(BOM).decode(encoding, errors="replace")
    return text.removeprefix("\ufeff"), encoding


def _no_text(file: StoredFile, kind: Kind) -> InputError:
    if kind.remedy:
        return refused(file.path, kind)
    if is_gzip(file) or isinstance(file, Unpacked):
        return InputError(
            f"{file.path}: holds {kind.name}, so it is packed twice; unpack it once, and deliver"
            " it again"
        )
    return NotText(
        f"{file.path}: is {kind.name}, but text is needed here; unpack it", kind
    )


def read_whole(file: StoredFile) -> bytes:
    """Return all bytes of a file, unpacked and without BOM; InputError if it is truncated."""
    path = content_path(file)
    content = storage_of(path).read(path)
    if is_gzip(file):
        content = b"".join(parts_of(file.path, content))
    return content.removeprefix(BOM)


def check_packed(files: Iterable[StoredFile]) -> None:
    """Unpack every gzipped file; InputError names the first that is truncated or damaged."""
    for file in filter(is_gzip, files):
        packed = storage_of(file.path).read(file.path)
        for _ in parts_of(file.path, packed):
            pass
        if packed.endswith(_PADDING):
            raise InputError(
                f"{file.path}: damaged gzip (zeros follow its end); deliver it again"
            )


def is_gzip(file: StoredFile) -> bool:
    """Tell whether a file is unpacked on reading."""
    return is_packed(content_path(file))


def unpacked_bytes(file: StoredFile) -> int:
    """Estimate the unpacked size of a file: ten times the size of a packed one."""
    return file.size * (10 if content_path(file).endswith(_PACKED_NAMES) else 1)
