"""Records of delimited files, cut in Python where the reader of an engine is not enough."""

import codecs
import gzip
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import IO, cast

from salesetl.characters import PLAIN
from salesetl.engines.delimited import BLANKS, TextFormat
from salesetl.engines.record_cutter import RecordCutter

_WIDE_ENCODINGS = ("utf-16", "utf-32", "utf16", "utf32")
_CHUNK_BYTES = 1024 * 1024
# All that plain lines are made of.
_PLAIN_LINES = b"\r\n" + bytes(
    code for code in range(128) if re.fullmatch(PLAIN, chr(code))
)


def is_packed(path: str) -> bool:
    """Tell whether a file is gzipped; as in Hadoop, its name decides."""
    return path.endswith(".gz")


def unpacked(file: IO[bytes], path: str) -> IO[bytes]:
    """Return the content of a file of that name."""
    return cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if is_packed(path) else file


def records_of(file: IO[bytes], text: TextFormat) -> Iterator[str]:
    """Yield the records of a file below its header, without blank lines.

    A record ends with its line, or, if `is_multiline`, may span lines inside quotes. Bytes that are
    not of the encoding become U+FFFD.
    """
    is_utf8 = codecs.lookup(text.encoding).name == "utf-8"
    codec = "utf-8-sig" if is_utf8 else text.encoding
    lines = io.TextIOWrapper(file, codec, errors="replace", newline="")
    return cut_records(lines, text)


def decoded_lines(lines: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Yield lines that were cut at line feeds as text, cut at carriage returns too."""
    for number, content in enumerate(lines):
        if number == 0:
            content = content.removeprefix(codecs.BOM_UTF8)
        line = content.decode(encoding, errors="replace") + "\n"
        if "\r" in line:
            yield from io.StringIO(line, newline="")
        else:
            yield line


def cut_records(lines: Iterable[str], text: TextFormat) -> Iterator[str]:
    """Yield the records in lines that keep their ends; as `records_of`."""
    data = islice(lines, text.header_lines, None)
    records = RecordCutter(text).records(data) if text.is_multiline else data
    for record in records:
        if record.strip(BLANKS):
            yield record.rstrip("\r\n")


def is_wide(encoding: str) -> bool:
    """Tell whether every character of an encoding has more than one byte."""
    return encoding.lower().startswith(_WIDE_ENCODINGS)


@dataclass(frozen=True)
class Lines:
    """What the bytes of a file tell of its lines.

    They `are_sound` in valid UTF-8 with one kind of line end, no line above a megabyte, and no
    control characters that mean something to DuckDB's reader. They `are_plain` if all of them are,
    as `characters.is_plain` says of one. `may_be_quoted` is false only if no line has a quote.
    """

    are_sound: bool
    are_plain: bool = False
    may_be_quoted: bool = True


def lines_of_file(file: IO[bytes]) -> Lines:
    """Look at the lines of a file that is read from its begin to its end, or to a fault."""
    are_plain, has_quotes = True, False
    decoder = codecs.getincrementaldecoder("utf-8")()
    feeds = returns = pairs = 0
    ends_with_return = False
    while chunk := file.read(_CHUNK_BYTES):
        is_one_line = len(chunk) == _CHUNK_BYTES and b"\n" not in chunk
        if is_one_line or b"\0" in chunk or b"\1" in chunk:
            return Lines(are_sound=False)
        are_plain = are_plain and not chunk.translate(None, _PLAIN_LINES)
        has_quotes = has_quotes or b'"' in chunk
        if b"\r" in chunk or ends_with_return:
            returns += chunk.count(b"\r")
            pairs += chunk.count(b"\r\n")
            feeds += chunk.count(b"\n")
        else:
            # Lines with pairs elsewhere are of another kind, however many lines are here.
            feeds += b"\n" in chunk
        pairs += ends_with_return and chunk.startswith(b"\n")
        ends_with_return = chunk.endswith(b"\r")
        if not chunk.isascii() or decoder.getstate()[0]:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return Lines(are_sound=False)
    has_one_end = returns == pairs and pairs in (0, feeds)
    return Lines(has_one_end and not decoder.getstate()[0], are_plain, has_quotes)
