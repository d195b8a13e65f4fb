"""Storage in S3, or in a server with the same protocol."""

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from salesetl.aws import aws_errors, client, error_code, read_through, upload
from salesetl.stopping import check_stopped
from salesetl.storage.at_once import each_at_once
from salesetl.storage.disk import written_whole
from salesetl.storage.storage import StoredFile

# S3 takes so many keys in one request, and counts each of them against what it takes in a second.
_BATCH = 1000
_BATCHES_AT_ONCE = 4
_CHUNK_BYTES = 1024 * 1024
# What S3 copies in a few seconds; what is larger is copied in parts, as it must be above 5 GiB.
_ONE_COPY_BYTES = 256 * 1024 * 1024
_PART_BYTES = 64 * 1024 * 1024
# After these a request was done or not: S3 refuses a change on top of another, also on top of an
# earlier try of the same request, and an answer may be lost, or deny what was done.
_DONE_OR_NOT = frozenset(
    "PreconditionFailed ConditionalRequestConflict NoSuchKey InternalError ConnectionClosedError"
    " ReadTimeoutError".split()
)


class S3Storage:
    """Storage in S3, with the credentials and region of the environment."""

    @cached_property
    def _client(self) -> Any:
        return client("s3")

    def files(self, path: str) -> list[StoredFile]:
        """List the object at `path`, or all objects below it."""
        bucket, key = _bucket_and_key(path)
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=key
        )
        scheme = urlsplit(path).scheme
        with aws_errors(path):
            items = read_through(
                lambda: [item for page in pages for item in page.get("Contents", [])]
            )
        return [
            StoredFile(
                f"{scheme}://{bucket}/{item['Key']}",
                item["Size"],
                item.get("ETag", "").strip('"'),
                f"{item['LastModified']:%Y-%m-%dT%H:%M:%SZ}",
            )
            for item in items
            # Folders, as the console and EMRFS mark them, are no files.
            if not item["Key"].endswith(("/", "_$folder$"))
            and (
                not key
                or item["Key"] == key
                or item["Key"].startswith(f"{key.rstrip('/')}/")
            )
        ]

    def read(self, path: str, limit: int | None = None) -> bytes:
        """Return the content of an object, or its first `limit` bytes."""
        with aws_errors(path):
            content: bytes = read_through(lambda: self._get(path)["Body"].read(limit))
        return content

    def read_from(self, path: str, begin: int, length: int) -> bytes:
        """Return so many bytes of an object from a place on, without those before them."""
        asked = {"Range": f"bytes={begin}-{begin + length - 1}"}
        with aws_errors(path):
            part: bytes = read_through(lambda: self._get(path, **asked)["Body"].read())
        return part

    def read_end(self, path: str, length: int) -> bytes:
        """Return the last bytes of an object, without those before them."""
        asked = {"Range": f"bytes=-{length}"}
        with aws_errors(path):
            end: bytes = read_through(lambda: self._get(path, **asked)["Body"].read())
        return end

    def content_id(self, file: StoredFile) -> str:
        """Return the ETag of an object, which its listing has told."""
        return file.etag

    def download(self, path: str, file: str) -> None:
        """Copy an object to this machine; an interrupted copy continues where it stopped."""
        asked: dict[str, str] = {}
        with aws_errors(path), written_whole(file) as target:

            def read_on() -> None:
                found = self._get(path, **asked)
                for part in found["Body"].iter_chunks(_CHUNK_BYTES):
                    check_stopped()
                    target.write(part)
                    # The rest of the same object, should another take its place.
                    asked["IfMatch"] = found["ETag"]
                    asked["Range"] = f"bytes={target.tell()}-"

            read_through(read_on)

    def upload(self, file: str, path: str) -> None:
        """Put a file of this machine, in parts if it is large."""
        bucket, key = _bucket_and_key(path)
        with aws_errors(path):
            upload(self._client, file, bucket, key, _transfer())

    def write(self, path: str, content: bytes) -> None:
        """Put an object."""
        with aws_errors(path):
            self._ask("put_object", path, Body=content)

    def update(self, path: str, change: Callable[[bytes | None], bytes]) -> bool:
        """Replace the content by a conditional request, which S3 refuses after another change."""
        old, condition = self._present(path)
        new = change(old)
        with aws_errors(path):
            try:
                self._ask("put_object", path, Body=new, **condition)
            except Exception as error:
                if error_code(error) not in _DONE_OR_NOT:
                    raise
                return self._present(path)[0] == new
        return True

    def move(self, moves: Sequence[tuple[str, str]]) -> list[str]:
        """Copy objects within S3, then delete the originals after all copies are there."""
        if not moves:
            return []
        folder = os.path.commonprefix([source for source, _ in moves]).rpartition("/")
        sizes = {file.path: file.size for file in self.files(folder[0])}
        here = [(*move, sizes[move[0]]) for move in moves if move[0] in sizes]
        each_at_once(self._copy, here)
        self.delete_files([source for source, _, _ in here])
        return [target for source, target in moves if source not in sizes]

    def delete_files(self, paths: Sequence[str]) -> None:
        """Delete objects in batches, then the rest of a batch one by one."""
        by_bucket = defaultdict(list)
        for path in paths:
            by_bucket[_bucket_and_key(path)[0]].append(path)
        batches = [
            found[start : start + _BATCH]
            for found in by_bucket.values()
            for start in range(0, len(found), _BATCH)
        ]
        for left in each_at_once(self._delete_batch, batches, _BATCHES_AT_ONCE):
            # Asked for alone, it is tried again, or the error says why it stays.
            each_at_once(self._delete_one, left)

    def delete(self, path: str) -> None:
        """Delete an object, or all objects below a prefix."""
        self.delete_files([file.path for file in self.files(path)])

    def _ask(self, operation: str, path: str, **asked: Any) -> Any:
        """Make a request about an object."""
        bucket, key = _bucket_and_key(path)
        request = getattr(self._client, operation)
        return read_through(lambda: request(Bucket=bucket, Key=key, **asked))

    def _get(self, path: str, **asked: str) -> Any:
        return self._ask("get_object", path, **asked)

    def _present(self, path: str) -> tuple[bytes | None, dict[str, str]]:
        """Return the content, None if there is none, and the condition that it is still that."""

        def read() -> tuple[bytes, dict[str, str]]:
            found = self._get(path)
            return found["Body"].read(), {"IfMatch": found["ETag"]}

        with aws_errors(path):
            try:
                return read_through(read)
            except self._client.exceptions.NoSuchKey:
                return None, {"IfNoneMatch": "*"}

    def _copy(self, move: tuple[str, str, int]) -> None:
        source, target, size = move
        bucket, key = _bucket_and_key(source)
        at = {"Bucket": bucket, "Key": key}
        with aws_errors(target):
            if size < _ONE_COPY_BYTES:
                self._ask("copy_object", target, CopySource=at)
            else:
                self._client.copy(at, *_bucket_and_key(target), Config=_transfer())

    def _delete_batch(self, paths: Sequence[str]) -> list[str]:
        """Delete objects of one bucket by one request; return those that are left."""
        keys = {_bucket_and_key(path)[1]: path for path in paths}
        bucket, _ = _bucket_and_key(paths[0])
        asked = {"Objects": [{"Key": key} for key in keys]}
        with aws_errors(paths[0]):
            answer = read_through(
                lambda: self._client.delete_objects(Bucket=bucket, Delete=asked)
            )
        gone = {each["Key"] for each in answer.get("Deleted", [])}
        return [path for key, path in keys.items() if key not in gone]

    def _delete_one(self, path: str) -> None:
        with aws_errors(path):
            self._ask("delete_object", path)


def _bucket_and_key(path: str) -> tuple[str, str]:
    _, _, rest = path.partition("://")
    bucket, _, key = rest.partition("/")
    return bucket, key


def _transfer() -> Any:
    """Return how boto3 is to cut large files into parts."""
    from boto3.s3.transfer import TransferConfig

    return TransferConfig(
        multipart_threshold=_PART_BYTES, multipart_chunksize=_PART_BYTES
    )
