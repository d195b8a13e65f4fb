"""Loads new objects on S3, each once, when S3 sends an event."""

from __future__ import annotations

import hashlib
import json
import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

from salesetl.errors import InputError, LeaseError, one_line
from salesetl.local import local_engine
from salesetl.metrics import metric_lines
from salesetl.model.pipeline import Pipeline
from salesetl.runner.runner import run
from salesetl.runs import RunReport, has_succeeded
from salesetl.storage import normalized, storage_of

logger = logging.getLogger(__name__)

Event = Mapping[str, Any]
Load = Callable[[str, str], RunReport]

# A run of a small file takes about as long.
_SECONDS_TO_LOAD = 30
_SECONDS_BETWEEN_TRIES = 2


@dataclass(frozen=True)
class NewObject:
    """An object that an event names; the event may come more than once."""

    path: str
    version: str

    @property
    def run_id(self) -> str:
        """The name of the run that loads it."""
        digest = hashlib.sha256(f"{self.path} {self.version}".encode()).hexdigest()
        return f"s3-{digest[:24]}"


@dataclass(frozen=True)
class Loading:
    """How to load new objects: the namespace, the lake, and `load(path, run_id)`.

    `context` is that of the function: an object that must wait for another that is being loaded is
    given up when there is not the time any more. Without one, by hand, there is.
    """

    namespace: str
    root: str
    load: Load
    context: Any

    def load_once(self, new: NewObject) -> None:
        """Load an object that no run has loaded; InputError if it was deleted."""
        storage = storage_of(self.root)
        # Asked again after each wait, for the same event may be what was waited for.
        while not has_succeeded(storage, self.root, self.namespace, new.run_id):
            if not storage_of(new.path).files(new.path):
                raise InputError(
                    "the object was deleted before it could be loaded; write it again"
                )
            try:
                self.load(new.path, new.run_id)
                return
            except LeaseError:
                if not self._has_time():
                    raise
                time.sleep(_SECONDS_BETWEEN_TRIES)
        logger.info("run %s has already loaded %s", new.run_id, new.path)

    def _has_time(self) -> bool:
        if self.context is None:
            return True
        left: int = self.context.get_remaining_time_in_millis()
        return left >= 1000 * _SECONDS_TO_LOAD


def loading_into(
    pipeline: Pipeline, lake: str, context: Any, database: str | None = None
) -> Loading:
    """Return how to load new objects of the main source of a pipeline into a lake, on DuckDB.

    With `database`, runs register tables and partitions in this database of the Data Catalog.
    """
    root = normalized(lake)

    def load(path: str, run_id: str) -> RunReport:
        with local_engine("duckdb", pipeline.job, [path, root], 0) as engine:
            options = {
                pipeline.main.path_option: path,
                "output_path": root,
                "database": database,
                "run_id": run_id,
                "max_rejected_ratio": 1.0,
                "allow_empty": True,
            }
            report = run(pipeline, engine, **options)
        if function := getattr(context, "function_name", ""):
            sys.stdout.write(metric_lines(report, function))
        return report

    return Loading(pipeline.name, root, load, context)


def handle(event: Event, loading: Loading) -> dict[str, Any]:
    """Load the objects of an event that no run has loaded yet.

    Objects without data, such as the marker of a folder, are ignored. The event may come from S3,
    EventBridge, a topic or a queue. Returns the messages that a queue must deliver again, as
    `batchItemFailures`. Without a queue there is no partial answer: InputError names the objects
    that failed. When the event comes again, the loaded ones are ignored.
    """
    failed: dict[str, list[str]] = {}
    for message_id, content in _messages(event):
        failures = _load_all(content, loading)
        if failures:
            failed[message_id] = failures
    if "" in failed:
        raise InputError("; ".join(failed[""]))
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}


def _messages(event: Event) -> Iterator[tuple[str, Any]]:
    """Yield the messages in an event, with their names; the event itself is one without a name."""
    records = event.get("Records", [])
    if any("body" in record for record in records):
        for record in records:
            yield record["messageId"], record["body"]
    else:
        yield "", event


def _load_all(content: Any, loading: Loading) -> list[str]:
    """Load the objects of a message, and tell what went wrong with each that was not loaded."""
    failures = []
    try:
        found = list(_new_objects(content))
    except Exception as error:
        logger.exception("cannot read the message: %s", content)
        return [f"cannot read the message: {one_line(error)}"]
    for each in found:
        try:
            loading.load_once(each)
        except Exception as error:
            logger.exception("%s was not loaded", each.path)
            failures.append(f"{each.path}: {one_line(error)}")
    return failures


def _new_objects(content: Any) -> Iterator[NewObject]:
    event = json.loads(content) if isinstance(content, str) else content
    if event.get("Type") == "Notification":
        yield from _new_objects(event["Message"])
        return
    if event.get("Event") == "s3:TestEvent":
        return
    if event.get("source") == "aws.s3":
        # EventBridge has other names of fields, and does not encode the key.
        if event["detail-type"] == "Object Created":
            written = event["detail"]["object"]
            yield from _with_data(event["detail"]["bucket"], written["key"], written)
        return
    for record in event["Records"]:
        if "Sns" in record:
            yield from _new_objects(record["Sns"]["Message"])
        elif record["eventName"].startswith("ObjectCreated:"):
            written = record["s3"]["object"]
            key = unquote_plus(written["key"])
            yield from _with_data(record["s3"]["bucket"], key, written)


def _with_data(bucket: Event, key: str, written: Event) -> Iterator[NewObject]:
    """Yield an object if it is a file of data, and not the mark of a folder or of a job."""
    name = key.rpartition("/")[2]
    is_mark = name.startswith(("_", ".")) or name.endswith("_$folder$")
    if name and not is_mark and written.get("size") != 0:
        # Every write has a sequencer of its own, also one that brings back old content.
        names = ("versionId", "version-id", "sequencer", "eTag", "etag")
        version = next(written[name] for name in names if written.get(name))
        yield NewObject(f"s3://{bucket['name']}/{key}", version)
