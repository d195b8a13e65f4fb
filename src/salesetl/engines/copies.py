"""Local copies and sizes of remote files, for an engine that reads and writes only local ones."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from salesetl.engines.column_copies import copy_columns
from salesetl.storage import StoredFile, is_local, join, storage_of
from salesetl.storage.at_once import each_at_once

# Each has a group of rows in memory.
_COLUMN_COPIES_AT_ONCE = 4


class Copies:
    """Keeps local copies of remote files below a folder."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def path(self, path: str) -> str:
        """Return the local path of a file or folder; a local one is its own path."""
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
        return self.fetch_all([path])[0]

    def fetch_all(self, paths: Sequence[str]) -> list[str]:
        """Return local paths to the content of files; several are fetched at once."""
        copies = {path: self.path(path) for path in paths}
        missing = [
            path
            for path, copy in copies.items()
            if copy != path and not os.path.exists(copy)
        ]
        each_at_once(
            lambda path: storage_of(path).download(path, copies[path]), missing
        )
        return [copies[path] for path in paths]

    def fetch_columns(
        self, files: Sequence[StoredFile], names: Sequence[str]
    ) -> list[str]:
        """Return local paths to Parquet files with some of their columns; no others are fetched."""
        chosen = hashlib.sha256(" ".join(names).encode()).hexdigest()[:16]
        copies = {}
        for file in files:
            folder, name = os.path.split(self.path(file.path))
            is_here = is_local(file.path) or os.path.exists(os.path.join(folder, name))
            of_columns = name if is_here else f"{chosen}-{name}"
            copies[file.path] = os.path.join(folder, of_columns)
        missing = [file for file in files if not os.path.exists(copies[file.path])]
        each_at_once(
            lambda file: copy_columns(file, names, copies[file.path]),
            missing,
            _COLUMN_COPIES_AT_ONCE,
        )
        return [copies[file.path] for file in files]

    @contextmanager
    def written(self, path: str) -> Iterator[str]:
        """Yield a local folder, and upload what was written into it."""
        folder = self.path(path)
        os.makedirs(folder, exist_ok=True)
        yield folder
        if folder == path:
            return

        def put(file: Path) -> None:
            target = join(path, file.relative_to(folder).as_posix())
            storage_of(path).upload(str(file), target)
            # What is read back must be what is there, not what was there before.
            Path(self.path(target)).unlink(missing_ok=True)

        files = [file for file in sorted(Path(folder).rglob("*")) if file.is_file()]
        each_at_once(put, files)
        shutil.rmtree(folder)


def sizes_of(paths: Sequence[str]) -> dict[str, int]:
    """Return the sizes of files by path; of those in the cloud with a listing of their folders."""
    if all(map(is_local, paths)):
        return {path: os.path.getsize(path) for path in paths}
    folders = dict.fromkeys(path.rpartition("/")[0] for path in paths)
    found = {
        file.path: file.size
        for folder in folders
        for file in storage_of(folder).files(folder)
    }
    return {path: found[path] for path in paths}
