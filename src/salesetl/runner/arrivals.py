"""Compares the files of a source with the ledger: what is new, changed, renamed or gone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from salesetl.destinations.ledger import Ledger, LoadedFile
from salesetl.model.versions import without_scheme
from salesetl.readers.files import look_at
from salesetl.readers.globs import glob_pattern
from salesetl.runs import timestamp_text
from salesetl.storage import StoredFile, normalized, storage_of

# A file may change again within the tick of a disk's clock, and have the same time.
_TICK = timedelta(seconds=2)


@dataclass(frozen=True)
class Arrivals:
    """The files of a source, compared with the ledger.

    `renamed` are files whose content the ledger has under the path of a file that is not there,
    each with what it has. `absent` are the loaded files that are not there, and `gone` those of
    them that an earlier run has not told. `contents` tells the content of each file that was not
    known by its time. `looked_at` is when the files were listed. `state` changes with the files
    and their contents.
    """

    source: str
    profile: str
    looked_at: datetime
    new: list[StoredFile] = field(default_factory=list)
    changed: list[StoredFile] = field(default_factory=list)
    known: list[StoredFile] = field(default_factory=list)
    renamed: list[tuple[StoredFile, LoadedFile]] = field(default_factory=list)
    absent: list[LoadedFile] = field(default_factory=list)
    gone: list[LoadedFile] = field(default_factory=list)
    of_other_profile: list[LoadedFile] = field(default_factory=list)
    contents: dict[str, str] = field(default_factory=dict)
    state: str = ""

    @property
    def files(self) -> list[StoredFile]:
        """All files that are there."""
        renamed = (file for file, _ in self.renamed)
        return [*self.new, *self.changed, *self.known, *renamed]

    @property
    def to_load(self) -> list[StoredFile]:
        """The files that no run has loaded as they are now, by path."""
        return sorted([*self.new, *self.changed], key=lambda file: file.path)


def compare(
    ledger: Ledger,
    source: str,
    path: str,
    files: Sequence[StoredFile],
    profile: str,
    looked_at: datetime,
) -> Arrivals:
    """Compare the listed files of a path with the ledger.

    Nothing is read of a file on S3, whose ETag tells its content, nor of one on a disk that has the
    size and the time that it had.
    """
    absent = _absent(ledger, source, path, files)
    arrivals = Arrivals(source, profile, looked_at, absent=absent)
    new, moved_on = [], []
    for file in files:
        known = ledger.find(source, file.path)
        if known is None:
            new.append(file)
        elif known.size != file.size:
            arrivals.changed.append(file)
        elif not file.etag and file.modified_at == known.modified_at:
            arrivals.known.append(file)
        else:
            moved_on.append((file, known.content))
    asked = [*new, *arrivals.changed, *(file for file, _ in moved_on)]
    found = look_at(asked, lambda file: storage_of(file.path).content_id(file))
    arrivals.contents.update((file.path, content) for file, content in found)
    for file, content in moved_on:
        is_same = arrivals.contents[file.path] == content
        (arrivals.known if is_same else arrivals.changed).append(file)
    _divide(new, arrivals)
    arrivals.of_other_profile.extend(_of_other_profile(ledger, arrivals))
    return replace(arrivals, state=_state(ledger, arrivals, files))


def _state(ledger: Ledger, arrivals: Arrivals, files: Sequence[StoredFile]) -> str:
    told = [
        (without_scheme(file.path), _content(ledger, arrivals, file)) for file in files
    ]
    text = json.dumps([arrivals.profile, sorted(told)])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _absent(
    ledger: Ledger, source: str, path: str, files: Sequence[StoredFile]
) -> list[LoadedFile]:
    """Return the files of the ledger that a path asks for and that are not there."""
    pattern = glob_pattern(without_scheme(normalized(path)))
    listed = {without_scheme(file.path) for file in files}
    return [
        each
        for each in ledger.of(source)
        if without_scheme(each.path) not in listed
        and pattern.fullmatch(without_scheme(each.path))
    ]


def _divide(new: Sequence[StoredFile], arrivals: Arrivals) -> None:
    """Tell new files from renamed ones, and these from files that are gone for good."""
    by_content = {(each.size, each.content): each for each in arrivals.absent}
    for file in new:
        before = by_content.pop((file.size, arrivals.contents[file.path]), None)
        if before:
            arrivals.renamed.append((file, before))
        else:
            arrivals.new.append(file)
    renamed = {before.path for _, before in arrivals.renamed}
    arrivals.gone.extend(
        each
        for each in arrivals.absent
        if not each.is_gone and each.path not in renamed
    )


def _of_other_profile(ledger: Ledger, arrivals: Arrivals) -> list[LoadedFile]:
    known = [ledger.find(arrivals.source, file.path) for file in arrivals.known]
    known += [before for _, before in arrivals.renamed]
    return [each for each in known if each and each.profile != arrivals.profile]


def enter(
    ledger: Ledger, arrivals: Arrivals, loaded: Sequence[StoredFile], run_id: str
) -> Ledger:
    """Return the ledger after a run has loaded some of the files that have arrived."""
    source, looked_at = arrivals.source, arrivals.looked_at
    entered = {
        file.path: LoadedFile(
            source=source,
            path=file.path,
            size=file.size,
            content=_content(ledger, arrivals, file),
            modified_at=_settled(file, looked_at),
            profile=arrivals.profile,
            run_id=run_id,
            loaded_at=timestamp_text(datetime.now(UTC)),
        )
        for file in loaded
    }
    for file, before in arrivals.renamed:
        first_path = before.first_path or before.path
        at = _at(before, file, looked_at)
        entered.setdefault(file.path, replace(at, first_path=first_path))
    for file in arrivals.known:
        if known := ledger.find(source, file.path):
            entered.setdefault(file.path, _at(known, file, looked_at))
    ledger = ledger.without([before for _, before in arrivals.renamed])
    gone = [replace(each, is_gone=True) for each in arrivals.gone]
    return ledger.with_files([*gone, *entered.values()])


def _content(ledger: Ledger, arrivals: Arrivals, file: StoredFile) -> str:
    known = ledger.find(arrivals.source, file.path)
    return arrivals.contents.get(file.path) or (known.content if known else "")


def _at(known: LoadedFile, file: StoredFile, looked_at: datetime) -> LoadedFile:
    """Return what is known of a file, with its path and time of now."""
    modified_at = _settled(file, looked_at)
    return replace(known, path=file.path, modified_at=modified_at, is_gone=False)


def _settled(file: StoredFile, looked_at: datetime) -> str:
    """Return when a file was written; nothing if it may be written again in the same tick."""
    is_settled = file.modified_at < timestamp_text(looked_at - _TICK)
    return file.modified_at if file.etag or is_settled else ""
