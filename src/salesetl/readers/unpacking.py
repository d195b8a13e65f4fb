"""Unpacks delivered files that no engine reads, into a temporary folder."""

import bz2
import hashlib
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from salesetl.errors import InputError, SetupError
from salesetl.mapping.profile import Profile
from salesetl.readers.kinds import BZIP2, PARQUET, WORKBOOK, ZIP, Kind
from salesetl.readers.parquet_rows import parquet_rows
from salesetl.readers.table_text import write_rows
from salesetl.readers.unpacked_files import Unpacked
from salesetl.readers.workbooks import check_workbook, is_workbook, workbook_rows
from salesetl.storage import StoredFile, is_local, join, storage_of

_PART_BYTES = 1024 * 1024
# What unpacks to more than both is meant to fill a disk.
MOST_UNPACKED_BYTES = 1024**3
MOST_TIMES_PACKED = 200
# The bit of a member of an archive that says that it is encrypted.
_ENCRYPTED = 1
_DAMAGE = (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile)


def unpack(file: StoredFile, kind: Kind, folder: str, profile: Profile) -> Unpacked:
    """Write what a packed file holds, or the rows of a table as CSV, below a folder.

    It is written part by part. InputError if it is damaged, holds not one file, or is far larger
    than its size lets expect.
    """
    name = hashlib.sha256(file.path.encode()).hexdigest()[:32]
    target = join(folder, f"{name}.txt")
    with local_content(file.path) as packed:
        if kind is ZIP and is_workbook(packed):
            kind = WORKBOOK
        with _written(target) as path, _naming_damage(file.path, kind):
            _write(file, kind, packed, path, profile)
            size = os.path.getsize(path)
    return Unpacked(file.path, size, content=target, is_table=kind.is_table)


def _write(
    file: StoredFile, kind: Kind, packed: str, target: str, profile: Profile
) -> None:
    if kind is WORKBOOK:
        _check_size(file, check_workbook(file.path, packed))
        rows = workbook_rows(file.path, packed, profile.sheet)
        write_rows(target, rows, profile)
    elif kind is PARQUET:
        write_rows(target, parquet_rows(packed), profile)
    else:
        with _opened(file.path, kind, packed) as source, open(target, "wb") as parts:
            written = 0
            while part := source.read(_PART_BYTES):
                written += parts.write(part)
                _check_size(file, written)


def _check_size(file: StoredFile, unpacked: int) -> None:
    if unpacked > max(MOST_UNPACKED_BYTES, MOST_TIMES_PACKED * file.size):
        raise InputError(
            f"{file.path}: unpacks to more than {MOST_TIMES_PACKED} times its size and more than"
            f" {MOST_UNPACKED_BYTES // 1024**2:,} MiB, which no export does; deliver it unpacked"
            " if it is right"
        )


@contextmanager
def _opened(path: str, kind: Kind, packed: str) -> Iterator[IO[bytes]]:
    """Open what is in a packed file."""
    if kind is ZIP:
        with zipfile.ZipFile(packed) as archive:
            with archive.open(_only_member(path, archive)) as member:
                yield member
    elif kind is BZIP2:
        with bz2.open(packed) as content:
            yield content
    else:
        try:
            from pyarrow import CompressedInputStream
        except ImportError as error:
            raise SetupError(
                f"{path}: to read Zstandard, pip install pyarrow, or deliver it as .gz"
            ) from error
        with CompressedInputStream(packed, "zstd") as content:
            yield content


def _only_member(path: str, archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    """Return the one file of an archive, beside what systems add to archives."""
    members = [
        member
        for member in archive.infolist()
        if not member.is_dir()
        and not any(part[:1] in "._" for part in member.filename.split("/"))
    ]
    if len(members) != 1:
        names = ", ".join(member.filename for member in members[:5])
        more = ", …" if len(members) > 5 else ""
        raise InputError(
            f"{path}: is a ZIP archive of {len(members)} files ({names}{more}), but must be of"
            " one; unpack it, or deliver each file in an archive of its own"
        )
    if members[0].flag_bits & _ENCRYPTED:
        raise InputError(
            f"{path}: is a ZIP archive with a password; deliver it without one"
        )
    return members[0]


@contextmanager
def _naming_damage(path: str, kind: Kind) -> Iterator[None]:
    """Turn an error on unpacking into one that names the file."""
    try:
        yield
    except _DAMAGE as error:
        if isinstance(error, OSError) and error.errno is not None:
            # Such as of a full disk.
            raise
        what = kind.name.removeprefix("an ").removeprefix("a ")
        # Some tell whole stories; the first sentence is enough.
        told = str(error).partition(". ")[0]
        raise InputError(
            f"{path}: truncated or damaged {what} ({told}); deliver the file again"
        ) from error
    except NotImplementedError as error:
        raise InputError(
            f"{path}: is packed by a method that is not read ({error}); pack it again with another"
            " program, or deliver it as .gz"
        ) from error


@contextmanager
def local_content(path: str) -> Iterator[str]:
    """Yield a path on this machine to the content of a file."""
    if is_local(path):
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="salesetl-") as folder:
        copy = os.path.join(folder, "packed")
        storage_of(path).download(path, copy)
        yield copy


@contextmanager
def _written(target: str) -> Iterator[str]:
    """Yield a path on this machine whose file is put at `target`."""
    if is_local(target):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        yield target
        return
    with tempfile.TemporaryDirectory(prefix="salesetl-") as folder:
        path = os.path.join(folder, "unpacked")
        yield path
        storage_of(target).upload(path, target)
