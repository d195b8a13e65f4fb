"""Files of a lake, on a local disk or on S3, behind the same handful of operations."""

import fcntl
import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from salesetl.errors import InputError, SetupError

S3_SCHEMES = ("s3", "s3a", "s3n")


@dataclass(frozen=True)
class StoredFile:
    """A file and its size in bytes."""

    path: str
    size: int

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]


class Storage(Protocol):
    """What publishing and reports need of a file system. Paths are whole, with their scheme."""

    def files(self, path: str) -> list[StoredFile]:
        """List the file at `path`, or all files below it, by name; none when nothing is there."""

    def read(self, path: str, limit: int | None = None) -> bytes:
        """Return the content of a file, or its first `limit` bytes."""

    def write(self, path: str, content: bytes) -> None:
        """Write a file whole: a reader sees the old content or the new, never a part."""

    def update(self, path: str, change: Callable[[bytes | None], bytes | None]) -> bool:
        """Replace the content by `change(content)`; False if someone else changed it meanwhile.

        Content that is None stands for no file.
        """

    def move(self, source: str, target: str) -> None:
        """Move a file; does nothing when it has been moved already."""

    def delete(self, path: str) -> None:
        """Delete the file at `path` and all files below it, if there are any."""


def storage_of(path: str) -> Storage:
    """Return the storage that a path lives on."""
    scheme = urlsplit(path).scheme if "://" in path else "file"
    if scheme in S3_SCHEMES:
        return S3Storage()
    if scheme == "file":
        return LocalStorage()
    raise InputError(f"{path}: unknown scheme {scheme!r}; use a local path or s3://bucket/prefix")


def normalized(path: str) -> str:
    """Write a path in the one form used throughout: absolute if local, no trailing slash."""
    if path.startswith("file:"):
        path = unquote(urlsplit(path).path)
    if "://" in path:
        return path.rstrip("/")
    return os.path.abspath(os.path.expanduser(path))


def join(root: str, *parts: str) -> str:
    """Join parts below a root, local or S3."""
    return "/".join([root.rstrip("/"), *parts])


class LocalStorage:
    """Storage on a disk of this machine."""

    def files(self, path: str) -> list[StoredFile]:
        """List the file at `path`, or all files below it."""
        root = Path(path)
        if root.is_file():
            return [StoredFile(str(root), root.stat().st_size)]
        found = (file for file in root.rglob("*") if file.is_file())
        return sorted(
            (StoredFile(str(file), file.stat().st_size) for file in found), key=lambda f: f.path
        )

    def read(self, path: str, limit: int | None = None) -> bytes:
        """Return the content of a file, or its first `limit` bytes."""
        with open(path, "rb") as file:
            return file.read(-1 if limit is None else limit)

    def write(self, path: str, content: bytes) -> None:
        """Write a file whole, and have it on disk before returning."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{target.name}.{uuid.uuid4().hex}")
        with aside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)

    def update(self, path: str, change: Callable[[bytes | None], bytes | None]) -> bool:
        """Replace the content under a lock, so that nobody comes between look and change."""
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.with_name(f".{target.name}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            new = change(target.read_bytes() if target.exists() else None)
            if new is None:
                target.unlink(missing_ok=True)
            else:
                self.write(path, new)
        return True

    def move(self, source: str, target: str) -> None:
        """Rename a file; does nothing when it has been moved already."""
        if os.path.exists(source):
            os.makedirs(os.path.dirname(target), exist_ok=True)
            os.replace(source, target)

    def delete(self, path: str) -> None:
        """Delete a file or a tree, then the partition folders that this left empty."""
        target = Path(path)
        if target.is_dir():
            shutil.rmtree(target, ignore_errors=True)
        else:
            target.unlink(missing_ok=True)
        folder = target.parent
        while "=" in folder.name and folder.is_dir() and not os.listdir(folder):
            folder.rmdir()
            folder = folder.parent


class S3Storage:
    """Storage in S3, with the credentials and region of the environment."""

    @cached_property
    def _client(self) -> Any:
        try:
            import boto3
        except ImportError as error:
            raise SetupError("s3:// paths need boto3: pip install boto3") from error
        return boto3.client("s3")

    def files(self, path: str) -> list[StoredFile]:
        """List the object at `path`, or all objects below it."""
        bucket, key = _bucket_and_key(path)
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=key)
        scheme = urlsplit(path).scheme
        return [
            StoredFile(f"{scheme}://{bucket}/{item['Key']}", item["Size"])
            for page in pages
            for item in page.get("Contents", [])
            if not item["Key"].endswith("/")
            and (not key or item["Key"] == key or item["Key"].startswith(f"{key.rstrip('/')}/"))
        ]

    def read(self, path: str, limit: int | None = None) -> bytes:
        """Return the content of an object, or its first `limit` bytes."""
        bucket, key = _bucket_and_key(path)
        body = self._client.get_object(Bucket=bucket, Key=key)["Body"]
        content: bytes = body.read() if limit is None else body.read(limit)
        return content

    def write(self, path: str, content: bytes) -> None:
        """Put an object."""
        bucket, key = _bucket_and_key(path)
        self._client.put_object(Bucket=bucket, Key=key, Body=content)

    def update(self, path: str, change: Callable[[bytes | None], bytes | None]) -> bool:
        """Replace the content by a conditional request, which S3 refuses if it has changed."""
        bucket, key = _bucket_and_key(path)
        at = {"Bucket": bucket, "Key": key}
        try:
            found = self._client.get_object(**at)
            old, condition = found["Body"].read(), {"IfMatch": found["ETag"]}
        except self._client.exceptions.NoSuchKey:
            old, condition = None, {"IfNoneMatch": "*"}
        new = change(old)
        if new is None:
            self._client.delete_object(**at)
            return True
        try:
            self._client.put_object(**at, Body=new, **condition)
        except self._client.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in ("PreconditionFailed", "ConditionalRequestConflict"):
                return False
            raise
        return True

    def move(self, source: str, target: str) -> None:
        """Copy an object within S3 and delete the original; does nothing when that is done."""
        if not self.files(source):
            return
        bucket, key = _bucket_and_key(source)
        to_bucket, to_key = _bucket_and_key(target)
        self._client.copy({"Bucket": bucket, "Key": key}, to_bucket, to_key)
        self._client.delete_object(Bucket=bucket, Key=key)

    def delete(self, path: str) -> None:
        """Delete an object, or all objects below a prefix."""
        for file in self.files(path):
            bucket, key = _bucket_and_key(file.path)
            self._client.delete_object(Bucket=bucket, Key=key)


def _bucket_and_key(path: str) -> tuple[str, str]:
    _, _, rest = path.partition("://")
    bucket, _, key = rest.partition("/")
    return bucket, key
