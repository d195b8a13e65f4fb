"""The ledger of a namespace: the delivered files that were loaded, and the partitions there are."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from salesetl.destinations.partitions import PartitionEntries, PartitionEntry
from salesetl.errors import InputError
from salesetl.model.versions import natural_key, without_scheme
from salesetl.storage import Storage, join


@dataclass(frozen=True)
class LoadedFile:
    """A delivered file as it was when a run loaded it.

    `content` is its ETag on S3, or a digest. `modified_at` is empty if the time may not tell a
    later change. `profile` is the fingerprint of its source profile. A file that was renamed keeps
    its `first_path`: its rows have that one. `is_gone` says that it is not there any more.
    """

    source: str
    path: str
    size: int
    content: str
    modified_at: str
    profile: str
    run_id: str
    loaded_at: str
    first_path: str | None = None
    is_gone: bool = False


class Ledger:
    """The loaded files of all sources of a namespace, and `partitions` of its tables.

    A change makes a new ledger.
    """

    def __init__(
        self,
        files: Iterable[LoadedFile] = (),
        partitions: Iterable[PartitionEntry] = (),
    ) -> None:
        self._files = {(each.source, without_scheme(each.path)): each for each in files}
        self.partitions = PartitionEntries.of(partitions)

    def __iter__(self) -> Iterator[LoadedFile]:
        """Yield the files by source, in the natural order of their paths."""
        ordered = sorted(
            self._files.values(), key=lambda each: (each.source, natural_key(each.path))
        )
        return iter(ordered)

    def __eq__(self, other: object) -> bool:
        """Tell whether another ledger says the same."""
        if not isinstance(other, Ledger):
            return False
        same_partitions = self.partitions == other.partitions
        return same_partitions and self._files == other._files

    def of(self, source: str) -> list[LoadedFile]:
        """Return the files of one source."""
        return [each for each in self if each.source == source]

    def find(self, source: str, path: str) -> LoadedFile | None:
        """Return what is known of a file, by whatever scheme its path has."""
        return self._files.get((source, without_scheme(path)))

    def loaded(self, paths: Iterable[str]) -> set[str]:
        """Return those of some paths under which a run has loaded a file, of any source."""
        known = {path for _, path in self._files}
        return {path for path in paths if without_scheme(path) in known}

    def with_files(self, files: Iterable[LoadedFile]) -> Ledger:
        """Add files, or replace what is known of them."""
        return self._of([*self._files.values(), *files])

    def without(self, files: Iterable[LoadedFile]) -> Ledger:
        """Leave files out, so that the next run that reads new files loads them again."""
        left_out = {(each.source, without_scheme(each.path)) for each in files}
        kept = (each for key, each in self._files.items() if key not in left_out)
        return self._of(kept)

    def with_partitions(self, partitions: Iterable[PartitionEntry]) -> Ledger:
        """Remember these partitions, and no others."""
        return Ledger(self._files.values(), partitions)

    def _of(self, files: Iterable[LoadedFile]) -> Ledger:
        return Ledger(files, self.partitions)

    def encode(self) -> bytes:
        """Write the ledger as compressed JSON lines: delivered files, then partitions."""
        lines = (
            json.dumps(asdict(each), ensure_ascii=False)
            for each in (*self, *self.partitions)
        )
        text = "".join(f"{line}\n" for line in lines)
        return gzip.compress(text.encode(), mtime=0)

    @classmethod
    def decode(cls, content: bytes) -> Ledger:
        """Read a ledger; ValueError, TypeError or OSError if it is none."""
        lines = gzip.decompress(content).decode().split("\n")
        entries = [json.loads(line) for line in lines if line]
        return cls(
            (LoadedFile(**each) for each in entries if "source" in each),
            (PartitionEntry.read(each) for each in entries if "source" not in each),
        )


def ledger_path(root: str, namespace: str) -> str:
    """The path of the ledger of a namespace."""
    return join(root, namespace, "_ledger", "files.jsonl.gz")


def read_ledger(storage: Storage, root: str, namespace: str) -> Ledger:
    """Read the ledger of a namespace; one without files if no run has written any."""
    path = ledger_path(root, namespace)
    if not storage.files(path):
        return Ledger()
    try:
        return Ledger.decode(storage.read(path))
    except (ValueError, TypeError, OSError, EOFError) as error:
        raise InputError(
            f"{path}: is not a ledger ({error}); remove the file, then load all files once with"
            " --input_mode all"
        ) from error
