"""Unpacks gzipped files, and names those that are truncated or damaged."""

import gzip
import io
import zlib
from collections.abc import Iterator

from salesetl.errors import InputError
from salesetl.storage import StoredFile, storage_of

_PART_BYTES = 1024 * 1024
_LEAST_READ_BYTES = 64 * 1024
GZIP = b"\x1f\x8b\x08"


def parts_of(path: str, packed: bytes) -> Iterator[bytes]:
    """Yield what a gzipped file unpacks to, all its members one after the other, part by part.

    InputError if it was cut off or damaged.
    """
    try:
        yield from _parts(packed)
    except (OSError, EOFError, zlib.error) as error:
        raise _broken(path, error) from error


def unpacked_head(file: StoredFile, limit: int) -> bytes:
    """Return the first bytes that a gzipped file unpacks to, none if that is nothing.

    InputError if it is broken in them. Only as much is read as that takes.
    """
    to_read = max(limit, _LEAST_READ_BYTES)
    while True:
        packed = storage_of(file.path).read(file.path, to_read)
        is_whole = len(packed) < to_read or len(packed) == file.size
        head = b""
        try:
            for part in _parts(packed):
                head += part
                if len(head) >= limit:
                    return head[:limit]
        except (OSError, EOFError, zlib.error) as error:
            # What was not read looks cut off; damage behind this head is found on reading.
            is_cut = isinstance(error, EOFError) and not is_whole
            if is_whole or not (head or is_cut):
                raise _broken(file.path, error) from error
        if head or is_whole:
            return head
        to_read *= 4


def _parts(packed: bytes) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
        while part := file.read1(_PART_BYTES):
            yield part


def _broken(path: str, error: BaseException) -> InputError:
    return InputError(
        f"{path}: truncated or damaged gzip ({error}); deliver the file again"
    )
