"""Files of a lake, on a local disk or on S3, with the same few operations."""

import os
import re
from functools import cache
from urllib.parse import unquote, urlsplit

from salesetl.errors import InputError
from salesetl.storage.disk import LocalStorage
from salesetl.storage.s3 import S3Storage
from salesetl.storage.storage import Storage, StoredFile, parquet_files, visible

__all__ = [
    "S3_SCHEMES",
    "Storage",
    "StoredFile",
    "is_local",
    "join",
    "natural_key",
    "normalized",
    "parquet_files",
    "storage_of",
    "visible",
]

S3_SCHEMES = ("s3", "s3a", "s3n")


def storage_of(path: str) -> Storage:
    """Return the storage of a path."""
    scheme = urlsplit(path).scheme if "://" in path else "file"
    if "@" in urlsplit(path).netloc:
        raise InputError(
            f"{path}: a path must not hold credentials, because logs and reports show it; remove"
            " them and set AWS_PROFILE"
        )
    if scheme in S3_SCHEMES:
        return _s3_storage(os.environ.get("AWS_ENDPOINT_URL"))
    if scheme == "file":
        return LocalStorage()
    raise InputError(
        f"{path}: unknown scheme {scheme!r}; use a local path or s3://bucket/prefix"
    )


def is_local(path: str) -> bool:
    """Tell whether a path is on a disk of this machine."""
    return isinstance(storage_of(path), LocalStorage)


def normalized(path: str) -> str:
    """Write a path in its normal form: absolute if local, without a trailing slash."""
    if path.startswith("file:"):
        path = unquote(urlsplit(path).path)
    if "://" in path:
        return path.rstrip("/")
    return os.path.abspath(os.path.expanduser(path))


def join(root: str, *parts: str) -> str:
    """Join parts below a root, local or S3."""
    return "/".join([root.rstrip("/"), *parts])


def natural_key(path: str) -> tuple[list[str | int], str]:
    """Return a sort key with numbers compared as numbers: `orders_9` before `orders_10`."""
    parts = re.split("([0-9]+)", path)
    return [int(part) if place % 2 else part for place, part in enumerate(parts)], path


@cache
def _s3_storage(endpoint: str | None) -> S3Storage:
    # A client takes a while to make, and may be shared by all who use the same endpoint.
    return S3Storage()
