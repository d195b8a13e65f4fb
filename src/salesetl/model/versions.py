"""What tells which of two deliveries of a key is the newer one."""

import re
from dataclasses import dataclass
from typing import Any

_NUMBER = re.compile("([0-9]+)")
_SCHEME = re.compile("^[a-z0-9]+://")


def natural_key(path: str) -> tuple[list[str | int], str]:
    """Return what paths are sorted by so that numbers in them count: `orders_9`, `orders_10`."""
    parts = _NUMBER.split(path)
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], path


def without_scheme(path: str) -> str:
    """Return a path without `s3://`, `s3a://` or the like, by each of which it is the same file."""
    return _SCHEME.sub("", path)


@dataclass(frozen=True)
class FileVersion:
    """The natural order of the paths of files: `orders_10` is newer than `orders_9`."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the contract that tell the version."""
        return ()

    def file_key(self, path: str) -> Any:
        """Return what files are sorted by, older ones first; equal for the same file."""
        return natural_key(without_scheme(path))


@dataclass(frozen=True)
class FolderVersion(FileVersion):
    """A folder in the path of a file, such as `delivered=2025-01-31`, then the natural order."""

    folder: str

    def file_key(self, path: str) -> Any:
        """Return what files are sorted by, older ones first; one in no such folder is oldest."""
        found = re.search(f"/{re.escape(self.folder)}=([^/]+)/", path)
        return natural_key(found[1] if found else ""), super().file_key(path)


@dataclass(frozen=True)
class ColumnVersion(FileVersion):
    """A column such as `updated_at`; among rows that are alike in it, the order of their files."""

    column: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of the contract that tell the version."""
        return (self.column,)


Version = FileVersion | FolderVersion | ColumnVersion
