"""Running a job for objects that were just written to S3, one at a time and each only once."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from salesetl.errors import InputError, one_line
from salesetl.runs import RunReport, has_succeeded
from salesetl.storage import normalized, storage_of

logger = logging.getLogger(__name__)

Event = Mapping[str, Any]
Load = Callable[[str, str], RunReport]


@dataclass(frozen=True)
class NewObject:
    """An object that was written; the same content written again is the same object."""

    path: str
    version: str

    @property
    def run_id(self) -> str:
        """The name of the run that loads it."""
        digest = hashlib.sha256(f"{self.path} {self.version}".encode()).hexdigest()
        return f"s3-{digest[:24]}"


def handle(event: Event, output_path: str, job: str, load: Load) -> dict[str, Any]:
    """Load every object of an event with `load(path, run_id)`, each once however often it comes.

    Takes the events of S3 as they are, and those that came through a queue. Returns what a queue
    must deliver again, as `batchItemFailures`. An event straight from S3 cannot be answered in
    part: InputError names the objects that failed, and when it comes again the others are passed
    over.
    """
    failed: dict[str, list[str]] = {}
    for message_id, s3_event in _messages(event):
        for each in _new_objects(s3_event):
            try:
                _load_once(each, normalized(output_path), job, load)
            except Exception as error:
                logger.exception("%s was not loaded", each.path)
                failed.setdefault(message_id, []).append(
                    f"{each.path}: {one_line(error)}"
                )
    if "" in failed:
        raise InputError("; ".join(failed[""]))
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}


def _messages(event: Event) -> Iterator[tuple[str, Event]]:
    """Yield the events of S3 in an event, with the name of their message; '' if there is none."""
    records = event.get("Records", [])
    if not any("body" in record for record in records):
        yield "", event
        return
    for record in records:
        yield record["messageId"], json.loads(record["body"])


def _new_objects(event: Event) -> Iterator[NewObject]:
    for record in event.get("Records", []):
        if not record["eventName"].startswith("ObjectCreated:"):
            continue
        written = record["s3"]["object"]
        key = unquote_plus(written["key"])
        # The console marks a folder by an empty object.
        if not key.endswith("/"):
            path = f"s3://{record['s3']['bucket']['name']}/{key}"
            yield NewObject(path, written.get("versionId") or written.get("eTag", ""))


def _load_once(new: NewObject, root: str, job: str, load: Load) -> None:
    if has_succeeded(storage_of(root), root, job, new.run_id):
        logger.info("%s was loaded by run %s already", new.path, new.run_id)
        return
    load(new.path, new.run_id)
