"""Delivered files whose content was unpacked to another place."""

from collections.abc import Iterable
from dataclasses import dataclass

from salesetl.storage import StoredFile


@dataclass(frozen=True)
class Unpacked(StoredFile):
    """A delivered file that was unpacked: its path, and the size of its `content`, a path too.

    `is_table` of one that had no text, but rows of values.
    """

    content: str = ""
    is_table: bool = False


def content_path(file: StoredFile) -> str:
    """Return where the content of a file is, which may have been unpacked."""
    return file.content if isinstance(file, Unpacked) else file.path


def delivered_names(files: Iterable[StoredFile]) -> dict[str, str]:
    """Map where the content of each unpacked file is to its path as delivered."""
    return {file.content: file.path for file in files if isinstance(file, Unpacked)}
