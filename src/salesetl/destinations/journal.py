"""The journal: lists the steps of a publish before the first one, so that all of them are done.

A publish moves staged files into their tables, deletes the files they replace and writes the run
report. The journal with all of that is written in one piece: before it, nothing has happened;
after it, whoever comes next finishes the work. Every step may be done twice.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from salesetl.errors import BooksError
from salesetl.storage import Storage, StoredFile, join

logger = logging.getLogger(__name__)


@dataclass
class Journal:
    """The steps of one publish. `moves` are pairs of staged file and its place in a table."""

    run_id: str
    moves: list[tuple[str, str]] = field(default_factory=list)
    deletes: list[str] = field(default_factory=list)
    report_path: str = ""
    report: dict[str, Any] = field(default_factory=dict)

    def put(self, aside: str, path: str) -> None:
        """Let a staged file take its place."""
        self.moves.append((aside, path))

    def stage(self, storage: Storage, staging: str, content: bytes, path: str) -> None:
        """Write a file aside, to take its place with the tables."""
        aside = join(staging, *path.rsplit("/", 2)[1:])
        storage.write(aside, content)
        self.put(aside, path)

    def replace(
        self,
        folder: str,
        files: Sequence[StoredFile],
        present: Sequence[StoredFile],
    ) -> None:
        """Let staged files take the place of the files of a folder."""
        self.deletes += [file.path for file in present]
        for file in files:
            self.put(file.path, f"{folder}/{file.name}")

    def keep_only(self, prefixes: tuple[str, ...]) -> None:
        """Leave out what does not concern some folders."""
        self.moves = [move for move in self.moves if move[1].startswith(prefixes)]
        self.deletes = [path for path in self.deletes if path.startswith(prefixes)]

    def encode(self) -> bytes:
        """Write the journal as JSON."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def decode(cls, content: bytes) -> "Journal":
        """Read a journal from its JSON."""
        return cls(**json.loads(content))


def journal_path(root: str, namespace: str) -> str:
    """The path of the journal of a namespace."""
    return join(root, namespace, "_journal.json")


def staging_path(root: str, namespace: str, run_id: str) -> str:
    """The folder in which a run stages its files."""
    return join(root, namespace, "_staging", run_id)


def unfinished(storage: Storage, root: str, namespace: str) -> Journal | None:
    """Return the journal of a publish that is under way or was cut off; None if there is none."""
    path = journal_path(root, namespace)
    return Journal.decode(storage.read(path)) if storage.files(path) else None


def commit(storage: Storage, root: str, namespace: str, journal: Journal) -> None:
    """Publish; once the journal is written, this run or the next one finishes the publish."""
    storage.write(journal_path(root, namespace), journal.encode())
    _carry_out(storage, root, namespace, journal)


def recover(storage: Storage, root: str, namespace: str) -> Journal | None:
    """Finish the publish of a killed run, and remove files that killed runs left.

    Return its journal, if there was one.
    """
    if journal := unfinished(storage, root, namespace):
        logger.warning(
            "finishing the publish of run %s, which was interrupted", journal.run_id
        )
        _carry_out(storage, root, namespace, journal)
    storage.delete(join(root, namespace, "_staging"))
    return journal


def _carry_out(storage: Storage, root: str, namespace: str, journal: Journal) -> None:
    # All new files in before any old one goes: a reader may for a moment see rows twice, but a row
    # is never missing, not even one that changes its partition, nor is its only copy ever deleted.
    absent = storage.move(journal.moves)
    if lost := _not_in_place(storage, absent):
        raise BooksError(
            f"{lost[0]}: run {journal.run_id} staged this file, but it is missing; nothing was"
            f" deleted. Remove {journal_path(root, namespace)} and run the job again"
        )
    storage.delete_files(journal.deletes)
    if journal.report_path:
        storage.write(
            journal.report_path, json.dumps(journal.report, indent=2).encode()
        )
    storage.delete(staging_path(root, namespace, journal.run_id))
    storage.delete(journal_path(root, namespace))


def _not_in_place(storage: Storage, targets: Sequence[str]) -> list[str]:
    """Return which targets of moves are not there; each of their folders is listed once."""
    folders = sorted({target.rpartition("/")[0] for target in targets})
    present = {file.path for folder in folders for file in storage.files(folder)}
    return [target for target in targets if target not in present]
