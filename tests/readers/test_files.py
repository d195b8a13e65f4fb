"""An input path stands for its data files, and a file that is no text is named."""

import gzip
import io
import os
import zipfile
from pathlib import Path

import pytest

from salesetl.errors import InputError
from salesetl.readers.files import (
    HEAD_BYTES,
    check_packed,
    find_files,
    read_head,
    read_whole,
)
from salesetl.storage import StoredFile


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """Deliver some files, and what other tools leave between them."""
    for name in (
        "2025/09/sales_b.csv",
        "2025/09/sales_a.csv.gz",
        "2025/10/sales_c.csv",
        "sales_2024.csv",
        "notes.txt",
        ".hidden.csv",
        "_SUCCESS",
        "2025/_temporary/part.csv",
        "2025/.git/sales_d.csv",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a,b\n")
    return tmp_path


def stored(path: Path, content: bytes) -> StoredFile:
    """Write a file; what a listing says of it."""
    path.write_bytes(content)
    return StoredFile(str(path), len(content))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("notes.txt", ["notes.txt"]),
        ("2025/09", ["2025/09/sales_a.csv.gz", "2025/09/sales_b.csv"]),
        ("2025/09/", ["2025/09/sales_a.csv.gz", "2025/09/sales_b.csv"]),
        (
            "2025",
            ["2025/09/sales_a.csv.gz", "2025/09/sales_b.csv", "2025/10/sales_c.csv"],
        ),
        ("2025/09/*.csv", ["2025/09/sales_b.csv"]),
        ("2025/09/sales_?.csv*", ["2025/09/sales_a.csv.gz", "2025/09/sales_b.csv"]),
        ("2025/*/sales_*.csv", ["2025/09/sales_b.csv", "2025/10/sales_c.csv"]),
        ("sales_*", ["sales_2024.csv"]),
    ],
)
def test_a_path_stands_for_the_files_at_it_below_it_or_like_it(
    delivery: Path, path: str, expected: list[str]
) -> None:
    files = find_files(f"{delivery}/{path}")

    assert [os.path.relpath(file.path, delivery) for file in files] == expected
    assert {file.size for file in files} == {4}


def test_a_name_that_is_not_utf_8_is_told(tmp_path: Path) -> None:
    with open(os.fsencode(tmp_path) + b"/\xff.csv", "w") as file:
        file.write("id\n1\n")

    with pytest.raises(InputError, match=r"udcff.csv': the name is not UTF-8; rename"):
        find_files(str(tmp_path))


def test_hidden_folders_above_the_input_do_not_hide_it(tmp_path: Path) -> None:
    folder = tmp_path / "_landing" / ".today"
    folder.mkdir(parents=True)
    (folder / "sales.csv").write_text("a\n")

    in_folder, by_glob = find_files(str(folder)), find_files(f"{folder}/*.csv")

    assert [file.name for file in in_folder] == ["sales.csv"]
    assert by_glob == in_folder


@pytest.mark.parametrize("folder", ["old [2024]", "a*b", "what?"])
def test_a_folder_with_characters_of_a_glob_in_its_name_is_found(
    tmp_path: Path, folder: str
) -> None:
    (tmp_path / folder).mkdir()
    (tmp_path / folder / "sales.csv").write_text("a\n")

    files = find_files(f"{tmp_path}/{folder}")

    assert [file.name for file in files] == ["sales.csv"]


def test_brackets_stay_brackets_beside_a_glob(tmp_path: Path) -> None:
    (tmp_path / "old [2024]").mkdir()
    (tmp_path / "old [2024]" / "sales.csv").write_text("a\n")

    files = find_files(f"{tmp_path}/old [2024]/*.csv")

    assert [file.name for file in files] == ["sales.csv"]


@pytest.mark.parametrize("path", ["gone", "gone.csv", "gone/*.csv", "*.parquet"])
def test_a_path_where_nothing_is_is_named(delivery: Path, path: str) -> None:
    with pytest.raises(InputError) as refusal:
        find_files(f"{delivery}/{path}")

    assert (
        str(refusal.value) == f"{delivery}/{path}: there are no files; check the path"
    )


def test_nothing_can_be_allowed(delivery: Path) -> None:
    files = find_files(f"{delivery}/gone", allow_empty=True)

    assert files == []


def test_an_empty_file_is_named_or_passed_over(delivery: Path) -> None:
    empty = delivery / "2025" / "10" / "empty.csv"
    empty.touch()

    with pytest.raises(InputError) as refusal:
        find_files(f"{delivery}/2025/10")
    files = find_files(f"{delivery}/2025/10", allow_empty=True)

    assert str(refusal.value).startswith(f"{empty}: empty file (0 bytes)")
    assert [file.name for file in files] == ["sales_c.csv"]


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("día\n".encode(), "UTF-8"),
        ("día\n".encode("utf-8-sig"), "UTF-8"),
        ("día\n".encode("iso-8859-1"), "ISO-8859-1"),
        ("día\n".encode("utf-16"), "UTF-16"),
        ("\ufeffdía\n".encode("utf-16-le"), "utf-16-le"),
        ("día\n".encode("utf-16-be"), "UTF-16BE"),
    ],
)
@pytest.mark.parametrize("is_packed", [True, False])
def test_a_head_is_text_unpacked_and_without_a_byte_order_mark(
    tmp_path: Path, content: bytes, encoding: str, is_packed: bool
) -> None:
    name = "sales.csv.gz" if is_packed else "sales.csv"
    file = stored(tmp_path / name, gzip.compress(content) if is_packed else content)

    head, _ = read_head(file, encoding)

    assert head == "día\n"


@pytest.mark.parametrize("is_packed", [True, False])
def test_a_head_is_only_the_beginning_of_a_large_file(
    tmp_path: Path, is_packed: bool
) -> None:
    content = b"0123456789abcde\n" * (HEAD_BYTES // 8)
    name = "sales.csv.gz" if is_packed else "sales.csv"
    file = stored(tmp_path / name, gzip.compress(content) if is_packed else content)

    head, _ = read_head(file, "UTF-8")

    assert head.encode() == content[:HEAD_BYTES]


def test_characters_of_another_encoding_are_marked(tmp_path: Path) -> None:
    file = stored(tmp_path / "sales.csv", "día\n".encode("iso-8859-1"))

    head, _ = read_head(file, "UTF-8")

    assert head == "d\ufffda\n"


def zipped(content: bytes) -> bytes:
    """Make a real ZIP archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("sales.csv", content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "claim"),
    [
        ("a,b\n".encode("utf-16"), "is UTF-16"),
        ("\ufeffa,b\n".encode("utf-16-be"), "is UTF-16"),
        ("a,b\n".encode("utf-16-le"), "has NUL bytes"),
        (b"a,b\n1,\0\n", "has NUL bytes"),
        (gzip.compress(b"a,b\n", mtime=0), "is gzip, but its name does not end in .gz"),
        (zipped(b"a,b\n"), "is a ZIP archive, but text is needed here"),
        (b"PAR1\x15\x04\x15", "is Parquet"),
        (b"BZh91AY&SY", "is bzip2"),
    ],
)
def test_what_is_no_text_is_named(tmp_path: Path, content: bytes, claim: str) -> None:
    file = stored(tmp_path / "sales.csv", content)

    with pytest.raises(InputError) as refusal:
        read_head(file, "UTF-8")

    assert str(refusal.value).startswith(f"{file.path}: {claim}")


def test_text_named_as_gzip_is_named(tmp_path: Path) -> None:
    file = stored(tmp_path / "sales.csv.gz", b"a,b\n")

    with pytest.raises(InputError, match="truncated or damaged gzip") as refusal:
        read_head(file, "UTF-8")

    assert str(refusal.value).startswith(file.path)


def test_a_whole_file_is_unpacked_though_written_in_parts(tmp_path: Path) -> None:
    parts = gzip.compress(b"\xef\xbb\xbfa,b\n", mtime=0) + gzip.compress(b"1,2\n")
    file = stored(tmp_path / "sales.csv.gz", parts)

    content = read_whole(file)

    assert content == b"a,b\n1,2\n"


@pytest.mark.parametrize("damage", ["cut", "flipped", "headless"])
def test_a_damaged_gzip_is_named_before_it_is_read(tmp_path: Path, damage: str) -> None:
    sound = gzip.compress(os.urandom(1000))
    broken = {
        "cut": sound[:-10],
        "flipped": sound[:500] + bytes([sound[500] ^ 255]) + sound[501:],
        "headless": sound[20:],
    }[damage]
    files = [
        stored(tmp_path / "a.csv", b"plain text is not unpacked"),
        stored(tmp_path / "b.csv.gz", sound),
        stored(tmp_path / "c.csv.gz", broken),
    ]

    check_packed(files[:2])
    with pytest.raises(InputError, match="truncated or damaged gzip") as refusal:
        check_packed(files)

    assert str(refusal.value).startswith(files[2].path)


EMPTY = gzip.compress(b"", mtime=0)


@pytest.mark.parametrize(
    "parts",
    [
        [b"a,b\n", b"1,2\n"],
        [b"", b"a,b\n", b"1,2\n", b""],
        [b"a,", b"b\n1,2\n"],
        [*[b""] * 20_000, b"a,b\n1,2\n"],
    ],
)
def test_a_head_goes_on_over_the_members_of_a_gzip(
    tmp_path: Path, parts: list[bytes]
) -> None:
    packed = b"".join(gzip.compress(part) for part in parts)
    file = stored(tmp_path / "sales.csv.gz", packed)

    assert find_files(file.path) == [file]
    assert read_head(file, "UTF-8")[0] == "a,b\n1,2\n"


@pytest.mark.parametrize("members", [1, 3, 20_000])
def test_a_gzip_of_nothing_is_an_empty_file(tmp_path: Path, members: int) -> None:
    file = stored(tmp_path / "sales.csv.gz", EMPTY * members)

    with pytest.raises(InputError) as refusal:
        [read_head(each, "UTF-8") for each in find_files(file.path)]

    told = f"{file.path}: empty file (gzip of 0 bytes); deliver it again"
    assert str(refusal.value).startswith(told)


def test_a_gzip_of_nothing_is_passed_over_where_that_is_allowed(tmp_path: Path) -> None:
    stored(tmp_path / "empty.csv.gz", EMPTY)
    sound = stored(tmp_path / "sales.csv.gz", gzip.compress(b"a,b\n"))

    assert find_files(str(tmp_path), allow_empty=True) == [sound]


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16"])
def test_a_file_that_is_gzipped_twice_is_named(tmp_path: Path, encoding: str) -> None:
    twice = gzip.compress(gzip.compress("a,b\n".encode(encoding)))
    file = stored(tmp_path / "sales.csv.gz", twice)

    with pytest.raises(InputError) as refusal:
        read_head(file, encoding)

    assert str(refusal.value).startswith(f"{file.path}: is gzipped twice; unpack it")


def test_zeros_behind_a_gzip_are_damage(tmp_path: Path) -> None:
    file = stored(tmp_path / "sales.csv.gz", gzip.compress(b"a,b\n") + b"\0" * 512)

    with pytest.raises(InputError, match="zeros follow its end") as refusal:
        check_packed([file])

    assert str(refusal.value).startswith(file.path)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("_SUCCESS", ["_SUCCESS"]),
        (".hidden.csv", [".hidden.csv"]),
        ("2025/_temporary", ["2025/_temporary/part.csv"]),
        ("2025/.git/*.csv", ["2025/.git/sales_d.csv"]),
        ("2025/_*", ["2025/_temporary/part.csv"]),
        ("*/_temporary/*", ["2025/_temporary/part.csv"]),
        (".*", [".hidden.csv"]),
        ("*/?git/*", []),
        (
            "*/*",
            ["2025/09/sales_a.csv.gz", "2025/09/sales_b.csv", "2025/10/sales_c.csv"],
        ),
    ],
)
def test_a_hidden_name_is_data_only_where_it_is_spelled_out(
    delivery: Path, path: str, expected: list[str]
) -> None:
    files = find_files(f"{delivery}/{path}", allow_empty=True)

    assert [os.path.relpath(file.path, delivery) for file in files] == expected
