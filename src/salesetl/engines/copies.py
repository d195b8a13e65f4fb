"""Copies of remote files on this machine, for an engine that reads and writes only local ones."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from salesetl.storage import is_local, join, storage_of


class Copies:
    """Keeps copies of remote files below a folder, whatever their names are."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def path(self, path: str) -> str:
        """Return where a file or folder is kept here: a local one in its own place."""
        if is_local(path):
            return path
        folder, _, name = path.rpartition("/")
        # The names of partitions stay, for an engine reads them, and the end of the file's, which
        # tells how it is packed; the rest might lead elsewhere, or be too long for a disk.
        partitions = re.findall(r"/(\w+=[^/]+)(?=/|$)", folder)
        digest = hashlib.sha256(path.encode()).hexdigest()[:32]
        return os.path.join(self._folder, digest, *partitions, f"copy-{name[-50:]}")

    def fetch(self, path: str) -> str:
        """Return a local path to the content of a file."""
        copy = self.path(path)
        if not os.path.exists(copy):
            os.makedirs(os.path.dirname(copy), exist_ok=True)
            Path(copy).write_bytes(storage_of(path).read(path))
        return copy

    @contextmanager
    def written(self, path: str) -> Iterator[str]:
        """Yield a local folder, and put what was written into it to its remote place."""
        folder = self.path(path)
        os.makedirs(folder, exist_ok=True)
        yield folder
        if folder == path:
            return
        for file in sorted(Path(folder).rglob("*")):
            if file.is_file():
                target = join(path, file.relative_to(folder).as_posix())
                storage_of(path).write(target, file.read_bytes())
                # What is read back must be what is there, not what was there before.
                Path(self.path(target)).unlink(missing_ok=True)
        shutil.rmtree(folder)
