"""Storage on a disk of this machine."""

import fcntl
import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from salesetl.errors import naming
from salesetl.storage.storage import StoredFile


class LocalStorage:
    """Storage on a disk of this machine."""

    def files(self, path: str) -> list[StoredFile]:
        """List the file at `path`, or all files below it.

        A link that leads nowhere is a file without a byte, so that whoever reads it learns of that.
        """
        with naming(path):
            if _is_file(path):
                return [_stored(path)]
        found = []
        seen: set[str] = set()
        for folder, folders, names in os.walk(path, onerror=_fail, followlinks=True):
            # A link to a folder is followed, but not in circles.
            if os.path.realpath(folder) in seen:
                folders.clear()
                continue
            seen.add(os.path.realpath(folder))
            paths = [os.path.join(folder, name) for name in names]
            found += [_stored(each) for each in paths if _is_file(each)]
        return sorted(found, key=lambda file: file.path)

    def read(self, path: str, limit: int | None = None) -> bytes:
        """Return the content of a file, or its first `limit` bytes."""
        with naming(path), open(path, "rb") as file:
            return file.read(-1 if limit is None else limit)

    def read_from(self, path: str, begin: int, length: int) -> bytes:
        """Return so many bytes of a file from a place on."""
        with naming(path), open(path, "rb") as file:
            file.seek(begin)
            return file.read(length)

    def read_end(self, path: str, length: int) -> bytes:
        """Return the last bytes of a file."""
        with naming(path), open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - length))
            return file.read()

    def write(self, path: str, content: bytes) -> None:
        """Write a file whole, and have it on disk before returning."""
        with naming(path), written_whole(path, is_to_last=True) as file:
            file.write(content)

    def update(self, path: str, change: Callable[[bytes | None], bytes]) -> bool:
        """Replace the content under a lock, so that no other process changes it meanwhile."""
        target = Path(path)
        with naming(path):
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.with_name(f".{target.name}.lock").open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                old = target.read_bytes() if target.exists() else None
                self.write(path, change(old))
        return True

    def content_id(self, file: StoredFile) -> str:
        """Return a digest of the content of a file."""
        with naming(file.path), open(file.path, "rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()

    def download(self, path: str, file: str) -> None:
        """Copy a file."""
        with naming(path), open(path, "rb") as source, written_whole(file) as target:
            shutil.copyfileobj(source, target)

    def upload(self, file: str, path: str) -> None:
        """Copy a file, and have the copy on disk before returning."""
        with naming(path), open(file, "rb") as source:
            with written_whole(path, is_to_last=True) as target:
                shutil.copyfileobj(source, target)

    def move(self, moves: Sequence[tuple[str, str]]) -> list[str]:
        """Rename files; return the targets of missing files."""
        absent = []
        for source, target in moves:
            with naming(target):
                if not os.path.exists(source):
                    absent.append(target)
                    continue
                os.makedirs(os.path.dirname(target), exist_ok=True)
                os.replace(source, target)
        return absent

    def delete_files(self, paths: Sequence[str]) -> None:
        """Delete files, then partition folders that are now empty."""
        for path in paths:
            with naming(path):
                Path(path).unlink(missing_ok=True)
        for folder in {Path(path).parent for path in paths}:
            with naming(str(folder)):
                _remove_empty(folder)

    def delete(self, path: str) -> None:
        """Delete a file or a tree, then partition folders that are now empty."""
        if os.path.isdir(path):
            shutil.rmtree(path, ignore_errors=True)
            with naming(path):
                _remove_empty(Path(path).parent)
        else:
            self.delete_files([path])


@contextmanager
def written_whole(path: str, *, is_to_last: bool = False) -> Iterator[BinaryIO]:
    """Open a file that takes the place of the one at `path` once it is written.

    One that is to last is on disk by then, and not only in memory.
    """
    target = Path(path)
    # Not named after the file, whose name may be as long as names can be.
    aside = target.with_name(f".{uuid.uuid4().hex}")
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with aside.open("wb") as file:
            yield file
            if is_to_last:
                file.flush()
                os.fsync(file.fileno())
        aside.replace(target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def _remove_empty(folder: Path) -> None:
    """Remove a partition folder, and those above it, that have nothing in them."""
    while "=" in folder.name and folder.is_dir() and not os.listdir(folder):
        folder.rmdir()
        folder = folder.parent


def _is_file(path: str) -> bool:
    return os.path.isfile(path) or (os.path.islink(path) and not os.path.exists(path))


def _stored(path: str) -> StoredFile:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        # A link that leads nowhere, or a file that has just gone; reading it will tell.
        return StoredFile(path, 0)
    seconds, fraction = divmod(found.st_mtime_ns, 10**9)
    moment = datetime.fromtimestamp(seconds, UTC)
    modified_at = f"{moment:%Y-%m-%dT%H:%M:%S}.{fraction:09}Z"
    return StoredFile(path, found.st_size, modified_at=modified_at)


def _fail(error: OSError) -> None:
    # Where nothing is, nothing is found; but what may not be looked into is not empty.
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise error
