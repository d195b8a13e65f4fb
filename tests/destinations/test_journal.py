"""A publish happens whole or not at all, whenever it is cut off."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from salesetl.destinations.journal import (
    Journal,
    commit,
    journal_path,
    recover,
    staging_path,
)
from salesetl.runs import report_path
from salesetl.storage import Storage, StoredFile, join
from salesetl.storage.disk import LocalStorage

NAMESPACE = "sales"
STEPS = 10


class PowerCut(Exception):
    """The machine went dark."""


class FailingStorage:
    """A disk that does so many changes, then no more."""

    def __init__(self, changes: int) -> None:
        self._disk = LocalStorage()
        self.changes_left = changes

    def files(self, path: str) -> list[StoredFile]:
        return self._disk.files(path)

    def read(self, path: str, limit: int | None = None) -> bytes:
        return self._disk.read(path, limit)

    def read_from(self, path: str, begin: int, length: int) -> bytes:
        return self._disk.read_from(path, begin, length)

    def read_end(self, path: str, length: int) -> bytes:
        return self._disk.read_end(path, length)

    def content_id(self, file: StoredFile) -> str:
        return self._disk.content_id(file)

    def write(self, path: str, content: bytes) -> None:
        self._count()
        self._disk.write(path, content)

    def update(self, path: str, change: Callable[[bytes | None], bytes]) -> bool:
        self._count()
        return self._disk.update(path, change)

    def download(self, path: str, file: str) -> None:
        self._disk.download(path, file)

    def upload(self, file: str, path: str) -> None:
        self._count()
        self._disk.upload(file, path)

    def move(self, moves: Sequence[tuple[str, str]]) -> list[str]:
        absent = []
        for move in moves:
            self._count()
            absent += self._disk.move([move])
        return absent

    def delete_files(self, paths: Sequence[str]) -> None:
        for path in paths:
            self._count()
            self._disk.delete_files([path])

    def delete(self, path: str) -> None:
        self._count()
        self._disk.delete(path)

    def _count(self) -> None:
        if self.changes_left == 0:
            raise PowerCut
        self.changes_left -= 1


def make_lake(root: Path | str, storage: Storage | None = None) -> Journal:
    """Make a lake and stage a run: July and August are replaced, June is emptied, May stays.

    The sale T7 comes back with another date and moves from July to August.
    """
    files = {
        "sales/year=2024/month=5/old": "T5",
        "sales/year=2024/month=6/old": "T6",
        "sales/year=2025/month=7/old": "T7 T1",
        "sales/year=2025/month=8/old": "T8",
        f"{NAMESPACE}/_staging/run-1/sales/year=2025/month=7/new": "T1",
        f"{NAMESPACE}/_staging/run-1/sales/year=2025/month=8/new": "T8 T7",
        f"{NAMESPACE}/_staging/run-1/sales/year=2025/month=9/new": "T9",
        f"{NAMESPACE}/_staging/run-1/sales/_SUCCESS": "",
    }
    for name, content in files.items():
        (storage or LocalStorage()).write(join(str(root), name), content.encode())
    staged = f"{staging_path(str(root), NAMESPACE, 'run-1')}/sales"
    return Journal(
        run_id="run-1",
        moves=[
            (f"{staged}/{name}/new", f"{root}/sales/{name}/new")
            for name in ("year=2025/month=7", "year=2025/month=8", "year=2025/month=9")
        ],
        deletes=[
            f"{root}/sales/{name}/old"
            for name in ("year=2025/month=7", "year=2025/month=8", "year=2024/month=6")
        ],
        report_path=report_path(str(root), NAMESPACE, "run-1"),
        report={"run_id": "run-1", "status": "succeeded"},
    )


def tree(root: Path) -> dict[str, str]:
    """Return the content of all files and the names of all partition folders."""
    return {
        str(path.relative_to(root)): path.read_text() if path.is_file() else "folder"
        for path in root.rglob("*")
        if path.is_file() or "=" in path.name
    }


def cut_off(root: Path, journal: Journal, changes: int) -> None:
    """Commit on a disk that fails after so many changes."""
    with pytest.raises(PowerCut):
        commit(FailingStorage(changes), str(root), NAMESPACE, journal)


@pytest.fixture
def published(tmp_path: Path) -> dict[str, str]:
    """The lake after a commit that nothing disturbed."""
    storage = FailingStorage(STEPS)
    root = tmp_path / "undisturbed"
    commit(storage, str(root), NAMESPACE, make_lake(root))
    assert storage.changes_left == 0
    return tree(root)


def test_a_commit_moves_deletes_and_reports(published: dict[str, str]) -> None:
    report = json.loads(published.pop(f"{NAMESPACE}/_runs/run-1.json"))

    assert report == {"run_id": "run-1", "status": "succeeded"}
    assert published == {
        "sales/year=2024": "folder",
        "sales/year=2024/month=5": "folder",
        "sales/year=2024/month=5/old": "T5",
        "sales/year=2025": "folder",
        "sales/year=2025/month=7": "folder",
        "sales/year=2025/month=7/new": "T1",
        "sales/year=2025/month=8": "folder",
        "sales/year=2025/month=8/new": "T8 T7",
        "sales/year=2025/month=9": "folder",
        "sales/year=2025/month=9/new": "T9",
    }


def test_a_commit_of_nothing_leaves_nothing(tmp_path: Path) -> None:
    commit(LocalStorage(), str(tmp_path), NAMESPACE, Journal("run-1"))

    assert tree(tmp_path) == {}


def test_a_run_cut_off_before_its_journal_has_changed_nothing(tmp_path: Path) -> None:
    journal = make_lake(tmp_path)
    old = {name: text for name, text in tree(tmp_path).items() if "/_" not in name}
    cut_off(tmp_path, journal, changes=0)

    recover(LocalStorage(), str(tmp_path), NAMESPACE)

    assert tree(tmp_path) == old


@pytest.mark.parametrize("changes", range(1, STEPS))
def test_a_publish_cut_off_at_any_step_is_finished_by_the_next_run(
    tmp_path: Path, published: dict[str, str], changes: int
) -> None:
    root = tmp_path / "lake"
    cut_off(root, make_lake(root), changes)

    recover(LocalStorage(), str(root), NAMESPACE)

    assert tree(root) == published


@pytest.mark.parametrize("changes", range(STEPS))
def test_a_recovery_that_is_cut_off_itself_is_finished_by_the_one_after(
    tmp_path: Path, published: dict[str, str], changes: int
) -> None:
    root = tmp_path / "lake"
    cut_off(root, make_lake(root), changes=4)
    with pytest.raises(PowerCut):
        recover(FailingStorage(changes), str(root), NAMESPACE)

    recover(LocalStorage(), str(root), NAMESPACE)

    assert tree(root) == published


def test_recovering_twice_is_harmless(
    tmp_path: Path, published: dict[str, str]
) -> None:
    root = tmp_path / "lake"
    cut_off(root, make_lake(root), changes=4)

    recover(LocalStorage(), str(root), NAMESPACE)
    recover(LocalStorage(), str(root), NAMESPACE)

    assert tree(root) == published


@pytest.mark.parametrize("changes", range(1, STEPS))
def test_no_sale_is_missing_from_the_table_at_any_step(
    tmp_path: Path, changes: int
) -> None:
    journal = make_lake(tmp_path)

    cut_off(tmp_path, journal, changes)

    sales = {name: text for name, text in tree(tmp_path).items() if "/_" not in name}
    assert {"T1", "T5", "T7", "T8"} <= set(" ".join(sales.values()).split())


def test_what_a_killed_run_staged_is_cleared_and_nothing_of_other_jobs(
    tmp_path: Path,
) -> None:
    storage, root = LocalStorage(), str(tmp_path)
    mine = join(staging_path(root, NAMESPACE, "run-1"), "sales/part")
    others = [
        join(staging_path(root, f"{NAMESPACE}_2", "run-1"), "part"),
        journal_path(root, "other"),
    ]
    for path in (mine, *others):
        storage.write(path, b"{}")

    recover(storage, root, NAMESPACE)

    assert [file.path for file in storage.files(root)] == sorted(others)


def test_a_journal_says_the_same_after_writing_and_reading(tmp_path: Path) -> None:
    journal = make_lake(tmp_path)

    again = Journal.decode(journal.encode())

    assert again.encode() == journal.encode()
