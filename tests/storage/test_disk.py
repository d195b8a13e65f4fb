"""Files on a disk are listed, replaced whole, moved and deleted."""

import threading
from pathlib import Path

import pytest

from salesetl.storage import StoredFile
from salesetl.storage.disk import LocalStorage

STORAGE = LocalStorage()


def put(root: Path, *names: str) -> None:
    """Write files that each hold their own name."""
    for name in names:
        STORAGE.write(str(root / name), name.encode())


def names_below(root: Path) -> list[str]:
    """List all files below a folder by their path in it."""
    found = STORAGE.files(str(root))
    return [file.path.removeprefix(f"{root}/") for file in found]


def test_all_files_below_a_folder_are_listed_by_name_with_their_size(
    tmp_path: Path,
) -> None:
    put(tmp_path, "b/two", "a/deep/three", "one")

    files = STORAGE.files(str(tmp_path))

    assert files == [
        StoredFile(f"{tmp_path}/a/deep/three", 12),
        StoredFile(f"{tmp_path}/b/two", 5),
        StoredFile(f"{tmp_path}/one", 3),
    ]


def test_a_file_is_listed_as_itself(tmp_path: Path) -> None:
    put(tmp_path, "a/b", "a/bc")

    files = STORAGE.files(f"{tmp_path}/a/b")

    assert files == [StoredFile(f"{tmp_path}/a/b", 3)]


def test_nothing_is_listed_where_nothing_is(tmp_path: Path) -> None:
    files = STORAGE.files(f"{tmp_path}/missing")

    assert files == []


@pytest.mark.parametrize(
    ("limit", "expected"), [(None, b"content"), (3, b"con"), (99, b"content"), (0, b"")]
)
def test_reading_stops_at_the_limit(
    tmp_path: Path, limit: int | None, expected: bytes
) -> None:
    path = f"{tmp_path}/file"
    STORAGE.write(path, b"content")

    content = STORAGE.read(path, limit)

    assert content == expected


def test_writing_replaces_the_content_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = f"{tmp_path}/new/folder/file"
    STORAGE.write(path, b"a long old content")

    STORAGE.write(path, b"new")

    assert STORAGE.read(path) == b"new"
    assert names_below(tmp_path) == ["new/folder/file"]


def test_an_open_reader_keeps_the_old_content_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    STORAGE.write(str(path), b"old")

    with path.open("rb") as reader:
        STORAGE.write(str(path), b"new and longer")
        content = reader.read()

    assert content == b"old"


def test_an_update_sees_the_content_and_replaces_it(tmp_path: Path) -> None:
    path = f"{tmp_path}/folder/file"
    seen: list[bytes | None] = []

    for new in (b"first", b"second"):

        def change(old: bytes | None, new: bytes = new) -> bytes:
            seen.append(old)
            return new

        assert STORAGE.update(path, change)

    assert seen == [None, b"first"]
    assert STORAGE.read(path) == b"second"


def test_an_update_that_raises_changes_nothing(tmp_path: Path) -> None:
    path = f"{tmp_path}/file"
    STORAGE.write(path, b"old")

    with pytest.raises(ZeroDivisionError):
        STORAGE.update(path, lambda old: str(1 // 0).encode())

    assert STORAGE.read(path) == b"old"


def test_no_update_of_several_at_once_is_lost(tmp_path: Path) -> None:
    path = f"{tmp_path}/count"

    def count() -> None:
        for _ in range(20):
            STORAGE.update(path, lambda old: str(int(old or b"0") + 1).encode())

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert STORAGE.read(path) == b"80"


def test_moving_twice_is_moving_once(tmp_path: Path) -> None:
    put(tmp_path, "staged/part")
    source, target = f"{tmp_path}/staged/part", f"{tmp_path}/table/month=9/part"

    absent = STORAGE.move([(source, target)])
    absent_again = STORAGE.move([(source, target)])

    assert (absent, absent_again) == ([], [target])
    assert names_below(tmp_path) == ["table/month=9/part"]
    assert STORAGE.read(target) == b"staged/part"


def test_files_are_moved_though_others_have_been(tmp_path: Path) -> None:
    put(tmp_path, "staged/b")
    moves = [
        (f"{tmp_path}/staged/{name}", f"{tmp_path}/table/{name}") for name in "abc"
    ]

    absent = STORAGE.move(moves)

    assert absent == [f"{tmp_path}/table/a", f"{tmp_path}/table/c"]
    assert names_below(tmp_path) == ["table/b"]


def test_a_file_is_copied_to_and_fro_and_nothing_else_is_left(tmp_path: Path) -> None:
    put(tmp_path, "here/sales")

    STORAGE.upload(f"{tmp_path}/here/sales", f"{tmp_path}/lake/month=9/sales")
    STORAGE.download(f"{tmp_path}/lake/month=9/sales", f"{tmp_path}/copies/sales")

    assert names_below(tmp_path) == ["copies/sales", "here/sales", "lake/month=9/sales"]
    assert STORAGE.read(f"{tmp_path}/copies/sales") == b"here/sales"


def test_many_files_are_deleted_with_the_partitions_that_this_left_empty(
    tmp_path: Path,
) -> None:
    names = ["year=2024/month=1/a", "year=2025/month=8/b", "year=2025/month=9/c"]
    put(tmp_path, *names, "year=2025/month=9/stays")

    STORAGE.delete_files([f"{tmp_path}/{name}" for name in [*names, "missing"]])

    assert names_below(tmp_path) == ["year=2025/month=9/stays"]
    assert [path.name for path in tmp_path.glob("*")] == ["year=2025"]
    assert [path.name for path in tmp_path.glob("*/*")] == ["month=9"]


def test_deleting_a_folder_leaves_its_neighbours(tmp_path: Path) -> None:
    put(tmp_path, "a/b/1", "a/b/deep/2", "a/bc/3", "a/b.json")

    STORAGE.delete(f"{tmp_path}/a/b")

    assert names_below(tmp_path) == ["a/b.json", "a/bc/3"]


def test_deleting_what_is_not_there_does_nothing(tmp_path: Path) -> None:
    put(tmp_path, "a/b")

    STORAGE.delete(f"{tmp_path}/a/c")
    STORAGE.delete(f"{tmp_path}/missing/year=2025/c")

    assert names_below(tmp_path) == ["a/b"]


def test_the_last_file_of_a_partition_takes_its_folders_along(tmp_path: Path) -> None:
    put(tmp_path, "sales/year=2025/month=8/old", "sales/year=2025/month=9/old")

    STORAGE.delete(f"{tmp_path}/sales/year=2025/month=8/old")
    folders_after_one = sorted(path.name for path in tmp_path.glob("sales/**/*=*"))
    STORAGE.delete(f"{tmp_path}/sales/year=2025/month=9/old")

    assert folders_after_one == ["month=9", "year=2025"]
    assert [path.name for path in tmp_path.rglob("*")] == ["sales"]


@pytest.mark.parametrize(
    ("begin", "length", "expected"),
    [(0, 3, b"con"), (3, 2, b"te"), (5, 99, b"nt")],
)
def test_a_part_of_a_file_is_read_alone(
    tmp_path: Path, begin: int, length: int, expected: bytes
) -> None:
    (tmp_path / "file").write_bytes(b"content")

    part = STORAGE.read_from(str(tmp_path / "file"), begin, length)

    assert part == expected


@pytest.mark.parametrize(
    ("length", "expected"), [(3, b"ent"), (7, b"content"), (99, b"content")]
)
def test_the_end_of_a_file_is_read_alone(
    tmp_path: Path, length: int, expected: bytes
) -> None:
    (tmp_path / "file").write_bytes(b"content")

    end = STORAGE.read_end(str(tmp_path / "file"), length)

    assert end == expected
