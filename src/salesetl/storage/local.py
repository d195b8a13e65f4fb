"""Storage on a disk of this machine."""

import fcntl
import os
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from salesetl.storage.base import StoredFile


class LocalStorage:
    """Storage on a disk of this machine."""

    def files(self, path: str) -> list[StoredFile]:
        """List the file at `path`, or all files below it."""
        root = Path(path)
        if root.is_file():
            return [StoredFile(str(root), root.stat().st_size)]
        found = []
        seen: set[str] = set()
        for folder, folders, names in os.walk(root, followlinks=True):
            # A link to a folder is followed, but not in circles.
            if os.path.realpath(folder) in seen:
                folders.clear()
                continue
            seen.add(os.path.realpath(folder))
            paths = [os.path.join(folder, name) for name in names]
            found += [
                StoredFile(path, os.path.getsize(path))
                for path in paths
                if os.path.isfile(path)
            ]
        return sorted(found, key=lambda file: file.path)

    def read(self, path: str, limit: int | None = None) -> bytes:
        """Return the content of a file, or its first `limit` bytes."""
        with open(path, "rb") as file:
            return file.read(-1 if limit is None else limit)

    def write(self, path: str, content: bytes) -> None:
        """Write a file whole, and have it on disk before returning."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)

    def update(self, path: str, change: Callable[[bytes | None], bytes]) -> bool:
        """Replace the content under a lock, so that nobody comes between look and change."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.with_name(f".{target.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.write(path, change(target.read_bytes() if target.exists() else None))
        return True

    def move(self, source: str, target: str) -> None:
        """Rename a file; does nothing when it has been moved already."""
        if os.path.exists(source):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.replace(source, target)

    def delete(self, path: str) -> None:
        """Delete a file or a tree, then the partition folders that this left empty."""
        target = Path(path)
        if target.is_dir():
            shutil.rmtree(target, ignore_errors=True)
        else:
            target.unlink(missing_ok=True)
        folder = target.parent
        while "=" in folder.name and folder.is_dir() and not os.listdir(folder):
            folder.rmdir()
            folder = folder.parent
