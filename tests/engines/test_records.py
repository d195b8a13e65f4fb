"""Files that an engine cannot cut by itself are cut into the same records."""

import io
import re
from itertools import product
from unittest.mock import patch

import pytest

from salesetl.engines import records
from salesetl.engines.delimited import TextFormat
from salesetl.engines.records import lines_of_file, records_of


def cut(
    content: bytes,
    encoding: str = "UTF-8",
    *,
    is_multiline: bool = False,
    width: int = 1,
    header_lines: int = 1,
) -> list[str]:
    """Cut a file into records."""
    text = TextFormat(",", encoding, header_lines, is_multiline, width)
    return list(records_of(io.BytesIO(content), text))


def test_records_are_the_lines_below_the_header() -> None:
    content = b"\xef\xbb\xbf\n  \nhead\r\na\n\nb\rc"

    assert cut(content, header_lines=3) == ["a", "b", "c"]
    assert cut(content, header_lines=0) == ["head", "a", "b", "c"]


def test_an_open_quote_takes_the_next_line_in_if_it_may() -> None:
    content = b'head,x\n1,"a\r\nb"\n2,"c\n3\n'

    assert cut(content, is_multiline=True, width=2) == ['1,"a\r\nb"', '2,"c', "3"]
    assert cut(content) == ['1,"a', 'b"', '2,"c', "3"]


def test_only_the_ends_of_lines_end_them() -> None:
    assert cut("head\na\u2028b\x0bc\x1cd".encode()) == ["a\u2028b\x0bc\x1cd"]


def test_characters_are_read_in_their_encoding() -> None:
    assert cut("head\né".encode("latin-1"), "ISO-8859-1") == ["é"]
    assert cut("head\né".encode("utf-16"), "UTF-16") == ["é"]
    assert cut("head\né".encode("latin-1")) == ["\ufffd"]


MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"head\na\n", True),
        (b"head\r\na\r\n", True),
        ("head\né\n".encode(), True),
        (b"head", True),
        (b"", True),
        (b"head\na\rb\n", False),
        (b"head\na\r\nb\n", False),
        (b"head\r\na\nb\r\n", False),
        (b"head\na\r", False),
        (b"head\na\0\n", False),
        (b"head\na\1\n", False),
        ("head\né\n".encode("latin-1"), False),
        ("head\né".encode()[:-1], False),
        (b"head\n" + b"x" * 3 * MEGABYTE, False),
        (b"x\r\n" + b"x" * (MEGABYTE - 4) + b"\r\n", True),
        (b"x\n" + b"x" * (MEGABYTE - 4) + b"\nx\r\n", False),
        (b"x\r\n" + b"x" * (MEGABYTE - 5) + b"\r\nx\n", False),
        (b"x\r\n" + b"x" * (MEGABYTE - 4) + b"\r\nx\nx\n", False),
        (("x" * (MEGABYTE - 2) + "\né\n").encode(), True),
    ],
)
def test_lines_are_sound_if_they_are_of_one_kind(
    content: bytes, expected: bool
) -> None:
    assert lines_of_file(io.BytesIO(content)).are_sound is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'a,b "c"~', True),
        (b"a\tb", False),
        (b"a\\b", False),
        (b"a\x7fb", False),
        ("é".encode(), False),
        ("\ufeffa".encode(), False),
    ],
)
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("before", [0, MEGABYTE])
def test_the_lines_of_a_file_are_plain_if_all_of_them_are(
    line: bytes, expected: bool, end: bytes, before: int
) -> None:
    content = b"x" * (before // 2) + end + b"x" * (before // 2) + end + line + end

    lines = lines_of_file(io.BytesIO(content))

    assert (lines.are_sound, lines.are_plain) == (True, expected)


@pytest.mark.parametrize("before", [0, MEGABYTE])
@pytest.mark.parametrize(("line", "expected"), [(b"a,b", False), (b'a"', True)])
def test_the_lines_of_a_file_may_be_quoted_if_any_has_a_quote(
    line: bytes, expected: bool, before: int
) -> None:
    content = b"x" * (before // 2) + b"\n" + b"x" * (before // 2) + b"\n" + line

    assert lines_of_file(io.BytesIO(content)).may_be_quoted is expected


def test_lines_are_told_alike_wherever_a_file_is_divided() -> None:
    parts = ["a", "\n", "\r\n", "\r"]
    contents = [
        "".join(chosen).encode()
        for number in range(7)
        for chosen in product(parts, repeat=number)
    ]
    with patch.object(records, "_CHUNK_BYTES", 4):
        told = {
            content: lines_of_file(io.BytesIO(content)).are_sound
            for content in contents
        }

    for content, are_sound in told.items():
        ends = set(re.findall(b"\r\n|\r|\n", content))
        chunks = [content[begin : begin + 4] for begin in range(0, len(content), 4)]
        are_short = all(b"\n" in chunk for chunk in chunks if len(chunk) == 4)
        has_one_end = ends in (set(), {b"\n"}, {b"\r\n"})
        assert are_sound == (are_short and has_one_end), content
