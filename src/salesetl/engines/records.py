"""Records of delimited text, cut in Python where an engine's own reader would not do."""

import codecs
import gzip
import io
from collections.abc import Iterator
from typing import IO, cast

_WIDE_ENCODINGS = ("utf-16", "utf-32", "utf16", "utf32")
_CHUNK_BYTES = 1024 * 1024
# A line of nothing else is blank; so it is to Spark.
BLANKS = "".join(map(chr, range(1, 33)))


def is_packed(path: str) -> bool:
    """Tell whether a file is unpacked on reading; as in Hadoop, its name says so."""
    return path.endswith(".gz")


def unpacked(file: IO[bytes], path: str) -> IO[bytes]:
    """Return the content of a file of that name."""
    return cast("IO[bytes]", gzip.GzipFile(fileobj=file)) if is_packed(path) else file


def records_of(
    file: IO[bytes], encoding: str, *, is_multiline: bool, has_header: bool = True
) -> Iterator[str]:
    """Yield the records of a file below its header; blank lines are none.

    A record ends with its line, or, if `is_multiline`, with the first line that leaves no quote
    open. Bytes that are not of the encoding become U+FFFD.
    """
    is_utf8 = codecs.lookup(encoding).name == "utf-8"
    codec = "utf-8-sig" if is_utf8 else encoding
    parts: list[str] = []
    is_open, is_header = False, has_header
    for line in io.TextIOWrapper(file, codec, errors="replace", newline=""):
        parts.append(line)
        is_open ^= is_multiline and line.count('"') % 2 == 1
        if is_open:
            continue
        record = "".join(parts).rstrip("\r\n")
        parts.clear()
        if record.strip(BLANKS):
            if not is_header:
                yield record
            is_header = False
    if parts and not is_header:
        yield "".join(parts).rstrip("\r\n")


def is_wide(encoding: str) -> bool:
    """Tell whether characters of an encoding are wider than a byte throughout."""
    return encoding.lower().startswith(_WIDE_ENCODINGS)


def is_plain(file: IO[bytes]) -> bool:
    """Tell whether a file is sound UTF-8 in lines of one kind, none longer than a megabyte.

    Neither has it control characters that mean something to DuckDB's reader.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = returns = pairs = 0
    ends_with_return = False
    while chunk := file.read(_CHUNK_BYTES):
        is_one_line = len(chunk) == _CHUNK_BYTES and b"\n" not in chunk
        if is_one_line or b"\0" in chunk or b"\1" in chunk:
            return False
        lines += chunk.count(b"\n")
        returns += chunk.count(b"\r")
        pairs += chunk.count(b"\r\n")
        pairs += ends_with_return and chunk.startswith(b"\n")
        ends_with_return = chunk.endswith(b"\r")
        if not chunk.isascii() or decoder.getstate()[0]:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return False
    return returns == pairs and pairs in (0, lines) and not decoder.getstate()[0]
