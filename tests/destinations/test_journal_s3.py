"""A publish on S3 that is refused, dropped or killed at any request happens whole all the same."""

import uuid

import pytest

from salesetl.destinations.journal import commit, recover
from salesetl.errors import AwsError, BooksError
from salesetl.storage.s3 import S3Storage
from tests.destinations.test_journal import NAMESPACE, make_lake
from tests.faults import Proxy

# The journal, a listing, three copies and a request to delete what was copied; one for the old
# files, the report, and a listing and a request to delete each for what was staged and the journal.
REQUESTS = 12
PUBLISHED = {
    f"{NAMESPACE}/_runs/run-1.json",
    "sales/year=2024/month=5/old",
    "sales/year=2025/month=7/new",
    "sales/year=2025/month=8/new",
    "sales/year=2025/month=9/new",
}


class Lake:
    """A lake on S3 with a staged run, behind a proxy that fails."""

    def __init__(self, root: str, proxy: Proxy) -> None:
        self.root, self.proxy = root, proxy
        # The server itself is asked what is there, and once the faults are over.
        self.storage = S3Storage()
        self.journal = make_lake(root, self.storage)
        proxy.requests.clear()

    def commit(self) -> None:
        """Publish by a process of its own."""
        commit(S3Storage(), self.root, NAMESPACE, self.journal)

    def recover(self) -> None:
        """Let the next run come, when nothing fails any more."""
        self.proxy.fault = lambda *_: None
        recover(S3Storage(), self.root, NAMESPACE)

    def names(self) -> set[str]:
        """Return the paths of all files in the lake."""
        self.proxy.fault = lambda *_: None
        files = self.storage.files(self.root)
        return {file.path.removeprefix(f"{self.root}/") for file in files}

    def texts(self) -> set[bytes]:
        """Return the sales that a reader of the table sees."""
        self.proxy.fault = lambda *_: None
        files = self.storage.files(f"{self.root}/sales")
        return set(b" ".join(self.storage.read(each.path) for each in files).split())


@pytest.fixture
def lake(s3_root: str, s3_proxy: Proxy) -> Lake:
    """Stage a run."""
    return Lake(f"{s3_root}/{uuid.uuid4().hex}", s3_proxy)


def test_a_publish_makes_few_requests(lake: Lake) -> None:
    lake.commit()

    assert len(lake.proxy.requests) == REQUESTS
    assert lake.names() == PUBLISHED


@pytest.mark.parametrize("fault", ["refused", "lost", "unsure"])
@pytest.mark.parametrize("failing", range(1, REQUESTS + 1))
def test_a_request_that_fails_is_made_again(
    lake: Lake, failing: int, fault: str
) -> None:
    lake.proxy.fault = lambda number, _: fault if number == failing else None

    lake.commit()

    assert len(lake.proxy.requests) == REQUESTS + 1
    assert lake.names() == PUBLISHED


@pytest.mark.parametrize("fault", ["refused", "lost"])
@pytest.mark.parametrize("failing", range(1, REQUESTS + 1))
def test_a_publish_that_fails_for_good_is_finished_by_the_next_run(
    lake: Lake, failing: int, fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    before = lake.names()
    lake.proxy.requests.clear()
    lake.proxy.fault = lambda number, _: fault if number >= failing else None

    with pytest.raises(AwsError, match="SlowDown" if fault == "refused" else "Closed"):
        lake.commit()
    seen = lake.texts()
    lake.recover()

    # Without its journal, nothing has been begun.
    is_begun = failing > 1 or fault == "lost"
    old = {name for name in before if "/_" not in name}
    assert {b"T1", b"T5", b"T7", b"T8"} <= seen
    assert lake.names() == (PUBLISHED if is_begun else old)


def test_what_was_moved_already_is_not_moved_again(lake: Lake) -> None:
    lake.storage.move([lake.journal.moves[1]])
    lake.proxy.requests.clear()

    lake.commit()

    copies = [name for name in lake.proxy.requests if "/new" in name]
    assert len(copies) == 2
    assert lake.names() == PUBLISHED


def test_nothing_is_deleted_if_what_was_staged_is_gone(lake: Lake) -> None:
    lost, _ = lake.journal.moves[2]
    lake.storage.delete(lost)

    with pytest.raises(
        BooksError, match=r"month=9/new: run run-1 staged this file, but it is"
    ):
        lake.commit()

    assert {b"T5", b"T6", b"T7", b"T8"} <= lake.texts()
