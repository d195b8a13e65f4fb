"""The operations of a file system that publishing and reports need."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class StoredFile:
    """A file and its size in bytes, as it was listed.

    On S3 it has an `etag`, which changes with its content. `modified_at` is when it was written.
    """

    path: str
    size: int
    etag: str = field(default="", compare=False)
    modified_at: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


def visible(root: str, files: Iterable[StoredFile]) -> list[StoredFile]:
    """Keep the files that readers of a table see.

    They pass over what has a name, of itself or of a folder below the root, with a dot or an
    underscore in front.
    """
    return [
        file
        for file in files
        if not any(
            part.startswith((".", "_"))
            for part in file.path.removeprefix(root).split("/")
        )
    ]


def parquet_files(root: str, files: Iterable[StoredFile]) -> list[StoredFile]:
    """Keep the Parquet files of a table, as its readers see them."""
    return [file for file in visible(root, files) if file.name.endswith(".parquet")]


class Storage(Protocol):
    """The operations of a file system. Paths are complete, with their scheme."""

    def files(self, path: str) -> list[StoredFile]:
        """List the file at `path`, or all files below it, by name; none when nothing is there."""

    def read(self, path: str, limit: int | None = None) -> bytes:
        """Return the content of a file, or its first `limit` bytes."""

    def read_from(self, path: str, begin: int, length: int) -> bytes:
        """Return so many bytes of a file from a place on; fewer, or none, if it ends before."""

    def read_end(self, path: str, length: int) -> bytes:
        """Return the last `length` bytes of a file that is not empty, or all of a shorter one."""

    def write(self, path: str, content: bytes) -> None:
        """Write a file whole: a reader sees the old content or the new, never a part."""

    def update(self, path: str, change: Callable[[bytes | None], bytes]) -> bool:
        """Replace the content by `change(content)`; False if that may not have been done.

        Someone else may have changed it meanwhile, or an earlier try of the same change did: read
        it again.

        `change` is given None where there is no file.
        """

    def content_id(self, file: StoredFile) -> str:
        """Return what tells the content of a listed file: its ETag, or else a digest."""

    def download(self, path: str, file: str) -> None:
        """Copy a file to this machine, part by part; `file` is there whole or not at all."""

    def upload(self, file: str, path: str) -> None:
        """Copy a file of this machine, part by part; a reader sees it whole or not at all."""

    def move(self, moves: Sequence[tuple[str, str]]) -> list[str]:
        """Move files below one folder, each to its target.

        Return the places of those that are not there to be moved: because they have been, or are
        lost. If a move fails, others may have been made, and all may be made again.
        """

    def delete_files(self, paths: Sequence[str]) -> None:
        """Delete those of the files that exist."""

    def delete(self, path: str) -> None:
        """Delete the file at `path` and all files below it, if there are any."""
