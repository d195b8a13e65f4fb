"""The requests that are made of S3 and Glue, and what a role must be allowed for each."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import boto3

from salesetl import storage

_GLUE = "arn:aws:glue:eu-central-1:123456789012"
# Actions that are not named as their operation.
_ACTIONS = {
    "CopyObject": "PutObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "HeadObject": "GetObject",
}


@dataclass(frozen=True)
class Need:
    """What must be allowed; `prefix` is what a listing asks for."""

    action: str
    resource: str
    prefix: str | None = None


class KilledError(Exception):
    """Stands for the end of a process in the middle of its work."""


@dataclass
class Requests:
    """What was asked for; `names` says how buckets and databases are called in the templates."""

    names: Mapping[str, str]
    needs: set[Need] = field(default_factory=set)
    killed_at: str | None = None

    def note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """Note a request that is about to be made, or be killed at it."""
        if model.name == self.killed_at:
            raise KilledError(model.name)
        is_s3 = model.service_model.service_name == "s3"
        self.needs |= set((self._of_s3 if is_s3 else self._of_glue)(model.name, params))

    def _of_s3(self, operation: str, params: dict[str, Any]) -> Iterator[Need]:
        bucket = f"arn:aws:s3:::{self.names[params['Bucket']]}"
        if operation == "ListObjectsV2":
            yield Need("s3:ListBucket", bucket, params.get("Prefix", ""))
            return
        if operation == "DeleteObjects":
            for each in params["Delete"]["Objects"]:
                yield Need("s3:DeleteObject", f"{bucket}/{each['Key']}")
            return
        action = _ACTIONS.get(operation, operation)
        yield Need(f"s3:{action}", f"{bucket}/{params['Key']}")
        if action == "GetObject":
            # S3 reports a missing object as missing only to those who may list the bucket.
            yield Need("s3:ListBucket", bucket)
        if source := params.get("CopySource"):
            yield from self._of_s3("GetObject", source)

    def _of_glue(self, operation: str, params: dict[str, Any]) -> Iterator[Need]:
        named = params.get("TableInput", params)
        of_database = "Database" in operation
        database = self.names[params["Name" if of_database else "DatabaseName"]]
        resources = ["catalog", f"database/{database}"]
        if not of_database:
            table = params.get("TableName") or named["Name"]
            resources.append(f"table/{database}/{table}")
        for resource in resources:
            yield Need(f"glue:{operation}", f"{_GLUE}:{resource}")


@contextmanager
def recorded(names: Mapping[str, str]) -> Iterator[Requests]:
    """Note the requests that are made of S3 and Glue within the block."""
    requests = Requests(names)
    events = boto3._get_default_session().events
    services = ["provide-client-params.s3", "provide-client-params.glue"]
    for service in services:
        events.register(service, requests.note)
    # A client made earlier does not report its requests. One made here must not do so later.
    storage._s3_storage.cache_clear()
    try:
        yield requests
    finally:
        for service in services:
            events.unregister(service, requests.note)
        storage._s3_storage.cache_clear()
