"""A stream and a queue on a server that is real, before which requests fail as those of AWS do."""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import boto3
from botocore.exceptions import ClientError

from generators.event_retries import Retries
from generators.event_sender import EventSender

THROTTLED = "ProvisionedThroughputExceededException"


@dataclass
class FaultyStream:
    """Kinesis, of which a share of records or of whole requests is refused."""

    name: str
    records: float = 0.0
    requests: float = 0.0
    lost_answers: float = 0.0
    luck: Random = field(default_factory=lambda: Random(1))
    asked: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._client = boto3.client("kinesis")
        self._client.create_stream(StreamName=self.name, ShardCount=2)

    def put_records(self, StreamName: str, Records: Sequence[Any]) -> Any:
        """Put some of the records, and say which of them were refused."""
        self.asked.append(len(Records))
        if self.luck.random() < self.requests:
            raise _error("PutRecords", "LimitExceededException")
        is_taken = [self.luck.random() >= self.records for _ in Records]
        taken = [each for each, is_in in zip(Records, is_taken) if is_in]
        put: Iterator[Any] = iter(())
        if taken:
            answer = self._client.put_records(StreamName=StreamName, Records=taken)
            put = iter(answer["Records"])
        if self.luck.random() < self.lost_answers:
            raise _error("PutRecords", "InternalFailure")
        refused = {"ErrorCode": THROTTLED, "ErrorMessage": "Rate exceeded"}
        results = [next(put) if is_in else refused for is_in in is_taken]
        failed = len(Records) - len(taken)
        return {"FailedRecordCount": failed, "Records": results}

    def lines(self) -> list[str]:
        """Return what is in the stream."""
        found = []
        about = self._client.describe_stream(StreamName=self.name)["StreamDescription"]
        for shard in about["Shards"]:
            iterator = self._client.get_shard_iterator(
                StreamName=self.name,
                ShardId=shard["ShardId"],
                ShardIteratorType="TRIM_HORIZON",
            )["ShardIterator"]
            while records := self._client.get_records(ShardIterator=iterator):
                found += [each["Data"].decode() for each in records["Records"]]
                iterator = records.get("NextShardIterator")
                if not records["Records"]:
                    break
        return found


@dataclass
class FaultyQueue:
    """SQS, of which a share of messages is refused when they are sent."""

    name: str
    messages: float = 0.0
    luck: Random = field(default_factory=lambda: Random(2))
    asked: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._client = boto3.client("sqs")
        self.url = self._client.create_queue(QueueName=self.name)["QueueUrl"]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def send_message_batch(self, QueueUrl: str, Entries: Sequence[Any]) -> Any:
        """Send some of the messages, and say which of them were refused."""
        self.asked.append(len(Entries))
        taken = [each for each in Entries if self.luck.random() >= self.messages]
        if taken:
            self._client.send_message_batch(QueueUrl=QueueUrl, Entries=taken)
        refused = [
            {"Id": each["Id"], "Code": "InternalError", "SenderFault": False}
            for each in Entries
            if each not in taken
        ]
        return {"Failed": refused} if refused else {}

    def count(self) -> int:
        """Count the messages, with those that somebody has received and not deleted."""
        names = [
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ]
        found = self._client.get_queue_attributes(
            QueueUrl=self.url, AttributeNames=names
        )
        return sum(map(int, found["Attributes"].values()))

    def lines(self) -> list[str]:
        """Return what is in the queue; it stays there."""
        found = []
        while messages := self._client.receive_message(
            QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=60
        ).get("Messages"):
            found += messages
        for each in found:
            self._client.change_message_visibility(
                QueueUrl=self.url,
                ReceiptHandle=each["ReceiptHandle"],
                VisibilityTimeout=0,
            )
        return [each["Body"] for each in found]


@dataclass
class Sending:
    """A sender with its stream, its queue, and the pauses that it made."""

    stream: FaultyStream
    queue: FaultyQueue
    pauses: list[float] = field(default_factory=list)
    seconds_left: float = 300.0

    def sender(self, stream: str | None = None) -> EventSender:
        """Make a sender with a seed of its own, which does not really wait."""
        retries = Retries(
            random=Random(3), sleep=self._sleep, seconds_left=lambda: self.seconds_left
        )
        name = stream or self.stream.name
        return EventSender(self.stream, name, self.queue, self.queue.url, retries)

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds_left -= seconds


def sending(
    *,
    records: float = 0.0,
    requests: float = 0.0,
    lost_answers: float = 0.0,
    messages: float = 0.0,
) -> Sending:
    """Make a stream and a queue of which such shares fail."""
    name = f"events-{uuid.uuid4().hex}"
    stream = FaultyStream(name, records, requests, lost_answers)
    return Sending(stream, FaultyQueue(name, messages))


def event_lines(count: int, about: str = "") -> list[str]:
    """Make lines of events, four of each session."""
    return [
        json.dumps(
            {"event_id": f"E{number}", "session_id": f"S{number // 4}", "about": about}
        )
        for number in range(count)
    ]


def _error(operation: str, code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "Rate exceeded"}}, operation)
