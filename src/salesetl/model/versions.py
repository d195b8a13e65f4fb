"""Decides which of two deliveries of a key is newer."""

import re
from dataclasses import dataclass
from typing import Any

_NUMBER = re.compile("([0-9]+)")
_SCHEME = re.compile("^[a-z0-9]+://")


def natural_key(path: str) -> tuple[list[str | int], str]:
    """Return a sort key with numbers compared as numbers: `orders_9` before `orders_10`."""
    parts = _NUMBER.split(path)
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], path


def without_scheme(path: str) -> str:
    """Return a path without `s3://`, `s3a://` or the like, which all name the same file."""
    return _SCHEME.sub("", path)


@dataclass(frozen=True)
class FileVersion:
    """The natural order of the paths of files: `orders_10` is newer than `orders_9`."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the contract that hold the version."""
        return ()

    def file_key(self, path: str) -> Any:
        """Return the sort key of a file, older files first; equal for the same file."""
        return natural_key(without_scheme(path))


@dataclass(frozen=True)
class FolderVersion(FileVersion):
    """A folder in the path of a file, such as `delivered=2025-01-31`, then the natural order."""

    folder: str

    def file_key(self, path: str) -> Any:
        """Return the sort key of a file, older files first; one in no such folder is the oldest."""
        found = re.search(f"/{re.escape(self.folder)}=([^/]+)/", path)
        return natural_key(found[1] if found else ""), super().file_key(path)


@dataclass(frozen=True)
class ColumnVersion(FileVersion):
    """A column such as `updated_at`; for equal values, the order of the files."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the contract that hold the version."""
        return (self.column,)


Version = FileVersion | FolderVersion | ColumnVersion
