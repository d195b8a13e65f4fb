"""Objects of S3 are listed, replaced on a condition, moved and deleted, on a real server."""

import uuid

import boto3
import pytest

from salesetl.storage import StoredFile, storage_of
from salesetl.storage.s3 import S3Storage
from tests import emulator


@pytest.fixture
def storage(s3_root: str) -> S3Storage:
    """Reach the server of the tests."""
    assert s3_root
    return S3Storage()


def put(storage: S3Storage, root: str, *names: str) -> None:
    """Write objects that each hold their own name."""
    for name in names:
        storage.write(f"{root}/{name}", name.encode())


def names_below(storage: S3Storage, root: str) -> list[str]:
    """List all objects below a prefix by their path in it."""
    return [file.path.removeprefix(f"{root}/") for file in storage.files(root)]


@pytest.mark.parametrize("scheme", ["s3", "s3a", "s3n"])
def test_objects_below_a_prefix_are_listed_in_the_scheme_that_was_asked(
    storage: S3Storage, s3_root: str, scheme: str
) -> None:
    put(storage, s3_root, "a/two", "a/b/three", "ab/other", "a")
    root = s3_root.replace("s3:", f"{scheme}:")

    files = storage.files(f"{root}/a")

    assert files == [
        StoredFile(f"{root}/a", 1),
        StoredFile(f"{root}/a/b/three", 9),
        StoredFile(f"{root}/a/two", 5),
    ]


def test_a_whole_bucket_is_listed_without_the_markers_of_folders(
    storage: S3Storage, s3_root: str
) -> None:
    put(storage, s3_root, "one", "a b/ü+%20=1")
    storage.write(f"{s3_root}/folder/", b"")

    names = names_below(storage, s3_root)

    assert names == ["a b/ü+%20=1", "one"]


def test_more_objects_than_one_page_are_all_listed(
    storage: S3Storage, s3_root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "2")
    expected = [f"many/{number}" for number in range(5)]
    put(storage, s3_root, *expected)

    names = names_below(storage, s3_root)

    assert names == expected


def test_nothing_is_listed_where_nothing_is(storage: S3Storage, s3_root: str) -> None:
    put(storage, s3_root, "missing-not")

    files = storage.files(f"{s3_root}/missing")

    assert files == []


@pytest.mark.parametrize(
    ("limit", "expected"), [(None, b"content"), (3, b"con"), (99, b"content")]
)
def test_reading_stops_at_the_limit(
    storage: S3Storage, s3_root: str, limit: int | None, expected: bytes
) -> None:
    path = f"{s3_root}/file"
    storage.write(path, b"content")

    content = storage.read(path, limit)

    assert content == expected


@pytest.mark.parametrize(
    ("begin", "length", "expected"),
    [(0, 3, b"con"), (3, 2, b"te"), (5, 99, b"nt")],
)
def test_a_part_of_an_object_is_read_alone(
    storage: S3Storage, s3_root: str, begin: int, length: int, expected: bytes
) -> None:
    storage.write(f"{s3_root}/file", b"content")

    part = storage.read_from(f"{s3_root}/file", begin, length)

    assert part == expected


@pytest.mark.parametrize(
    ("length", "expected"), [(3, b"ent"), (7, b"content"), (99, b"content")]
)
def test_the_end_of_an_object_is_read_alone(
    storage: S3Storage, s3_root: str, length: int, expected: bytes
) -> None:
    storage.write(f"{s3_root}/file", b"content")

    end = storage.read_end(f"{s3_root}/file", length)

    assert end == expected


def test_writing_replaces_the_content(storage: S3Storage, s3_root: str) -> None:
    path = f"{s3_root}/file"
    storage.write(path, b"a long old content")

    storage.write(path, b"new")

    assert storage.read(path) == b"new"


def test_an_update_sees_the_content_and_replaces_it(
    storage: S3Storage, s3_root: str
) -> None:
    path = f"{s3_root}/folder/file"
    seen: list[bytes | None] = []

    for new in (b"first", b"second"):

        def change(old: bytes | None, new: bytes = new) -> bytes:
            seen.append(old)
            return new

        assert storage.update(path, change)

    assert seen == [None, b"first"]
    assert storage.read(path) == b"second"


@pytest.mark.parametrize("old", [None, b"old"])
def test_an_update_that_lost_a_race_says_so_and_leaves_the_rivals_content(
    storage: S3Storage, s3_root: str, old: bytes | None
) -> None:
    path = f"{s3_root}/file"
    if old:
        storage.write(path, old)

    def overtaken(found: bytes | None) -> bytes:
        storage.write(path, b"rival")
        return b"mine"

    is_updated = storage.update(path, overtaken)

    assert not is_updated
    assert storage.read(path) == b"rival"


def test_an_update_of_what_a_rival_deleted_meanwhile_is_lost(
    storage: S3Storage, s3_root: str
) -> None:
    path = f"{s3_root}/file"
    storage.write(path, b"old")

    def overtaken(found: bytes | None) -> bytes:
        storage.delete(path)
        return b"mine"

    is_updated = storage.update(path, overtaken)

    assert not is_updated
    assert storage.files(path) == []


def test_moving_twice_is_moving_once(storage: S3Storage, s3_root: str) -> None:
    put(storage, s3_root, "staged/a b+ü")
    source, target = f"{s3_root}/staged/a b+ü", f"{s3_root}/table/month=9/part"

    absent = storage.move([(source, target)])
    absent_again = storage.move([(source, target)])

    assert (absent, absent_again) == ([], [target])
    assert names_below(storage, s3_root) == ["table/month=9/part"]
    assert storage.read(target) == "staged/a b+ü".encode()


def test_deleting_a_prefix_leaves_its_neighbours(
    storage: S3Storage, s3_root: str
) -> None:
    put(storage, s3_root, "a/b", "a/b/1", "a/b/deep/2", "a/bc", "a/bc/3", "a/b.json")

    storage.delete(f"{s3_root}/a/b")

    assert names_below(storage, s3_root) == ["a/b.json", "a/bc", "a/bc/3"]


def test_deleting_what_is_not_there_does_nothing(
    storage: S3Storage, s3_root: str
) -> None:
    put(storage, s3_root, "a/bc")

    storage.delete(f"{s3_root}/a/b")

    assert names_below(storage, s3_root) == ["a/bc"]


def test_a_bucket_of_another_region_is_reached_all_the_same(
    ministack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator.point_at(monkeypatch, ministack)
    bucket = f"lake-{uuid.uuid4().hex}"
    boto3.client("s3", "eu-west-1").create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    root = f"s3://{bucket}/lake"
    storage = storage_of(root)

    storage.write(f"{root}/one", b"1")
    storage.move([(f"{root}/one", f"{root}/two")])
    changed = storage.update(f"{root}/two", lambda old: (old or b"") + b"2")

    assert changed
    assert storage.read(f"{root}/two") == b"12"
    assert [file.path for file in storage.files(root)] == [f"{root}/two"]
