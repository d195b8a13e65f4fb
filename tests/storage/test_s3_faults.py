"""What S3 refuses, drops or does in part is asked for again, and nothing is lost."""

import os
import signal
import time
from pathlib import Path

import pytest

from salesetl.errors import AwsError
from salesetl.stopping import Stopped, stoppable
from salesetl.storage import s3
from salesetl.storage.s3 import S3Storage
from tests.faults import Proxy, first_time_each

MIB = 1024 * 1024


@pytest.fixture
def storage(s3_proxy: Proxy) -> S3Storage:
    """Reach the server of the tests through a proxy that fails."""
    assert s3_proxy
    return S3Storage()


def put(storage: S3Storage, root: str, *names: str) -> None:
    """Write objects that each hold their own name."""
    for name in names:
        storage.write(f"{root}/{name}", name.encode())


def names_below(storage: S3Storage, root: str) -> list[str]:
    """List all objects below a prefix by their path in it."""
    return [file.path.removeprefix(f"{root}/") for file in storage.files(root)]


def test_a_request_that_is_refused_again_and_again_is_made_until_it_is_granted(
    storage: S3Storage, s3_root: str, s3_proxy: Proxy
) -> None:
    put(storage, s3_root, "sales")
    before = len(s3_proxy.requests)
    s3_proxy.fault = lambda number, _: "refused" if number < before + 3 else None

    content = storage.read(f"{s3_root}/sales")

    assert content == b"sales"
    assert len(s3_proxy.requests) == before + 3


def test_how_often_a_request_is_made_may_be_said(
    storage: S3Storage,
    s3_root: str,
    s3_proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")
    s3_proxy.fault = lambda *_: "refused"

    with pytest.raises(AwsError, match=f"^{s3_root}/sales: SlowDown: Slow$"):
        storage.read(f"{s3_root}/sales")

    assert len(s3_proxy.requests) == 2


def test_more_objects_than_one_request_may_name_are_deleted_by_a_few(
    storage: S3Storage, s3_root: str, s3_proxy: Proxy
) -> None:
    # To delete one that is not there is no error.
    names = [f"sales/{number:04}" for number in range(2500)]
    put(storage, s3_root, names[0], names[1200], names[-1], "sales/other")

    storage.delete_files([f"{s3_root}/{name}" for name in names])

    assert names_below(storage, s3_root) == ["sales/other"]
    assert (s3_proxy.count("POST"), s3_proxy.count("DELETE")) == (3, 0)


def test_objects_of_two_buckets_are_deleted_where_they_are(
    storage: S3Storage, s3_root: str
) -> None:
    other = f"{s3_root}-other"
    storage._client.create_bucket(Bucket=other.removeprefix("s3://"))
    for root in (s3_root, other):
        put(storage, root, "sales", "orders")

    storage.delete_files([f"{s3_root}/sales", f"{other}/orders"])

    assert names_below(storage, s3_root) == ["orders"]
    assert names_below(storage, other) == ["sales"]


def test_an_object_that_is_left_of_a_batch_is_deleted_alone(
    storage: S3Storage, s3_root: str, s3_proxy: Proxy
) -> None:
    put(storage, s3_root, "a b+ü&", "b", "c")
    s3_proxy.fault = first_time_each("partial")

    storage.delete_files([f"{s3_root}/{name}" for name in ("a b+ü&", "b", "c")])

    assert names_below(storage, s3_root) == []
    assert (s3_proxy.count("POST"), s3_proxy.count("DELETE")) == (1, 1)


def test_an_object_that_may_not_be_deleted_is_named(
    storage: S3Storage, s3_root: str, s3_proxy: Proxy
) -> None:
    put(storage, s3_root, "a", "b", "c")

    def fault(number: int, request: str) -> str | None:
        return {"POST": "partial", "DELETE": "forbidden"}.get(request.split()[0])

    s3_proxy.fault = fault

    with pytest.raises(AwsError, match=f"^{s3_root}/a: not allowed: No$"):
        storage.delete_files([f"{s3_root}/{name}" for name in "abc"])

    assert names_below(storage, s3_root) == ["a"]


def test_files_that_have_been_moved_are_known_from_one_listing(
    storage: S3Storage, s3_root: str, s3_proxy: Proxy
) -> None:
    staged = [f"staged/month={number}/part" for number in range(20)]
    put(storage, s3_root, *staged[:7])
    before = len(s3_proxy.requests)

    absent = storage.move(
        [
            (f"{s3_root}/{name}", f"{s3_root}/{name.replace('staged', 'table')}")
            for name in staged
        ]
    )

    moved = sorted(name.replace("staged", "table") for name in staged[:7])
    # One listing, a copy for each that is there, and one request to delete all of them.
    assert len(s3_proxy.requests) == before + 9
    assert names_below(storage, s3_root) == moved
    assert absent == [
        f"{s3_root}/{name.replace('staged', 'table')}" for name in staged[7:]
    ]


def test_no_original_is_deleted_before_all_copies_are_made(
    storage: S3Storage, s3_root: str, s3_proxy: Proxy
) -> None:
    put(storage, s3_root, "staged/a", "staged/b", "staged/c")
    moves = [(f"{s3_root}/staged/{name}", f"{s3_root}/table/{name}") for name in "abc"]
    s3_proxy.fault = lambda _, request: ("forbidden" if "/table/b" in request else None)

    with pytest.raises(AwsError, match=f"^{s3_root}/table/b: not allowed"):
        storage.move(moves)
    staged = names_below(storage, f"{s3_root}/staged")
    s3_proxy.fault = lambda *_: None
    storage.move(moves)

    assert staged == ["a", "b", "c"]
    assert names_below(storage, s3_root) == ["table/a", "table/b", "table/c"]


def test_a_large_file_is_sent_and_moved_in_parts(
    storage: S3Storage,
    s3_root: str,
    s3_proxy: Proxy,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(s3, "_PART_BYTES", 5 * MIB)
    monkeypatch.setattr(s3, "_ONE_COPY_BYTES", 6 * MIB)
    content = os.urandom(11 * MIB)
    (tmp_path / "sent").write_bytes(content)

    storage.upload(str(tmp_path / "sent"), f"{s3_root}/staged/part")
    storage.move([(f"{s3_root}/staged/part", f"{s3_root}/table/part")])

    parts = [request for request in s3_proxy.requests if "partNumber" in request]
    assert names_below(storage, s3_root) == ["table/part"]
    assert storage.read(f"{s3_root}/table/part") == content
    assert len(parts) == 3 + 3


def test_a_download_that_breaks_off_goes_on_from_there(
    storage: S3Storage, s3_root: str, s3_proxy: Proxy, tmp_path: Path
) -> None:
    content = os.urandom(5 * MIB)
    storage.write(f"{s3_root}/sales", content)
    s3_proxy.requests.clear()
    s3_proxy.fault = first_time_each("cut")

    storage.download(f"{s3_root}/sales", str(tmp_path / "sales"))

    bucket = s3_root.removeprefix("s3:/")
    first, rest = s3_proxy.requests
    assert (tmp_path / "sales").read_bytes() == content
    assert first == f"GET {bucket}/sales"
    assert rest.startswith(f"GET {bucket}/sales bytes=2")


def test_of_a_download_that_fails_nothing_is_left(
    storage: S3Storage, s3_root: str, s3_proxy: Proxy, tmp_path: Path
) -> None:
    storage.write(f"{s3_root}/sales", os.urandom(5 * MIB))
    s3_proxy.fault = lambda *_: "cut"

    with pytest.raises(AwsError, match=f"^{s3_root}/sales: IncompleteReadError"):
        storage.download(f"{s3_root}/sales", str(tmp_path / "sales"))

    assert list(tmp_path.iterdir()) == []


def test_an_object_that_is_replaced_between_two_parts_is_not_mixed(
    storage: S3Storage, s3_root: str, s3_proxy: Proxy, tmp_path: Path
) -> None:
    storage.write(f"{s3_root}/sales", b"old" * MIB)
    rival = S3Storage()

    def replaced(number: int, request: str) -> str | None:
        if "bytes=" in request:
            rival.write(f"{s3_root}/sales", b"new" * MIB)
        return "cut" if request.startswith("GET") and "bytes=" not in request else None

    s3_proxy.fault = replaced

    with pytest.raises(AwsError, match="sales: was replaced while it was read"):
        storage.download(f"{s3_root}/sales", str(tmp_path / "sales"))


def test_what_is_read_is_read_again_when_it_breaks_off(
    storage: S3Storage, s3_root: str, s3_proxy: Proxy
) -> None:
    put(storage, s3_root, "sales")
    s3_proxy.fault = first_time_each("cut")

    found = storage.read(f"{s3_root}/sales"), names_below(storage, s3_root)

    assert found == (b"sales", ["sales"])


@pytest.mark.parametrize("old", [None, b"old"])
def test_an_update_whose_answer_is_lost_is_known_to_be_made(
    storage: S3Storage, s3_root: str, s3_proxy: Proxy, old: bytes | None
) -> None:
    path = f"{s3_root}/lease"
    if old:
        storage.write(path, old)
    s3_proxy.fault = first_time_each("lost")

    is_updated = storage.update(path, lambda found: b"mine")

    assert is_updated
    assert storage.read(path) == b"mine"


def test_a_download_ends_once_a_signal_has_come(
    storage: S3Storage, s3_root: str, tmp_path: Path
) -> None:
    put(storage, s3_root, "sales")
    handlers = {
        each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)
    }

    with stoppable():
        with pytest.raises(Stopped):
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(10)
        with pytest.raises(Stopped):
            storage.download(f"{s3_root}/sales", str(tmp_path / "sales"))
    # A process that a signal ends ignores others; the tests go on.
    for number, handler in handlers.items():
        signal.signal(number, handler)

    assert list(tmp_path.iterdir()) == []
