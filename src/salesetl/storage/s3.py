"""Storage in S3, or in a server that speaks its protocol."""

from collections.abc import Callable
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from salesetl.aws import aws_errors, client, error_code
from salesetl.storage.base import StoredFile

_CHANGED_MEANWHILE = ("PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey")


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
            items = [item for page in pages for item in page.get("Contents", [])]
        return [
            StoredFile(f"{scheme}://{bucket}/{item['Key']}", item["Size"])
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
        bucket, key = _bucket_and_key(path)
        with aws_errors(path):
            body = self._client.get_object(Bucket=bucket, Key=key)["Body"]
            content: bytes = body.read() if limit is None else body.read(limit)
        return content

    def read_end(self, path: str, length: int) -> bytes:
        """Return the last bytes of an object, without those before them."""
        bucket, key = _bucket_and_key(path)
        with aws_errors(path):
            found = self._client.get_object(
                Bucket=bucket, Key=key, Range=f"bytes=-{length}"
            )
            content: bytes = found["Body"].read()
        return content

    def write(self, path: str, content: bytes) -> None:
        """Put an object."""
        bucket, key = _bucket_and_key(path)
        with aws_errors(path):
            self._client.put_object(Bucket=bucket, Key=key, Body=content)

    def update(self, path: str, change: Callable[[bytes | None], bytes]) -> bool:
        """Replace the content by a conditional request, which S3 refuses if it has changed."""
        old, condition = self._present(path)
        new = change(old)
        bucket, key = _bucket_and_key(path)
        with aws_errors(path):
            try:
                self._client.put_object(Bucket=bucket, Key=key, Body=new, **condition)
            except self._client.exceptions.ClientError as error:
                if error_code(error) not in _CHANGED_MEANWHILE:
                    raise
                return False
        return True

    def move(self, source: str, target: str) -> None:
        """Copy an object within S3 and delete the original; does nothing when that is done."""
        if not self.files(source):
            return
        bucket, key = _bucket_and_key(source)
        to_bucket, to_key = _bucket_and_key(target)
        with aws_errors(target):
            self._client.copy({"Bucket": bucket, "Key": key}, to_bucket, to_key)
            self._client.delete_object(Bucket=bucket, Key=key)

    def delete(self, path: str) -> None:
        """Delete an object, or all objects below a prefix."""
        for file in self.files(path):
            bucket, key = _bucket_and_key(file.path)
            with aws_errors(path):
                self._client.delete_object(Bucket=bucket, Key=key)

    def _present(self, path: str) -> tuple[bytes | None, dict[str, str]]:
        """Return the content, None if there is none, and the condition that it is still that."""
        bucket, key = _bucket_and_key(path)
        with aws_errors(path):
            try:
                found = self._client.get_object(Bucket=bucket, Key=key)
            except self._client.exceptions.NoSuchKey:
                return None, {"IfNoneMatch": "*"}
            return found["Body"].read(), {"IfMatch": found["ETag"]}


def _bucket_and_key(path: str) -> tuple[str, str]:
    _, _, rest = path.partition("://")
    bucket, _, key = rest.partition("/")
    return bucket, key
