"""Sends events to a Kinesis stream, and those that it refuses again and again to a queue."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from generators.event_retries import Retries
from salesetl.aws import aws_errors
from salesetl.errors import AwsError, InputError

Offer = Callable[[Sequence[str]], list[str]]
"""Sends some lines in one request, and returns those that were refused."""

# What one request may have: its lines, and their bytes with their keys.
# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
_PUT = (500, 5 * 1024 * 1024)
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
_SEND = (10, 256 * 1024)
_HIDDEN_SECONDS = 120
_POLL_SECONDS = 2


@dataclass
class Counts:
    """Counts of events: made = put + dead_lettered; `retried` counts all further tries."""

    made: int = 0
    put: int = 0
    retried: int = 0
    dead_lettered: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


class EventSender:
    """Sends lines of events to a stream, and those that it refuses to a queue.

    A request that gets no answer may have been carried out, and is made again: an event can be in
    the stream twice, with the same id. Retried events come after later ones of their session.
    """

    def __init__(
        self, kinesis: Any, stream: str, sqs: Any, queue: str, retries: Retries
    ) -> None:
        self._kinesis, self._stream = kinesis, stream
        self._sqs, self._queue = sqs, queue
        self._retries = retries
        self.refusals: Counter[str] = Counter()

    def send(self, lines: Sequence[str]) -> Counts:
        """Put lines into the stream, or else into the queue; AwsError if one is in neither."""
        refused, retried = self._insist(lines, _PUT, self._put)
        lost, _ = self._insist(refused, _SEND, self._keep)
        if lost:
            raise AwsError(
                f"{len(lost):,} of {len(lines):,} events are neither in {self._stream} nor in"
                f" {self._queue} ({self.reasons()}); run again for the same time: the ids are the"
                " same"
            )
        put = len(lines) - len(refused)
        return Counts(len(lines), put, retried, len(refused))

    def resend(self) -> int:
        """Put the events of the queue into the stream, delete them there, and return their number.

        AwsError if the stream still refuses some, which stay in the queue. InputError if a message
        is no event.
        """
        done = 0
        while self._retries.seconds_left() > self._retries.seconds_to_end:
            with aws_errors(self._queue):
                messages = self._sqs.receive_message(
                    QueueUrl=self._queue,
                    MaxNumberOfMessages=_SEND[0],
                    VisibilityTimeout=_HIDDEN_SECONDS,
                    WaitTimeSeconds=_POLL_SECONDS,
                ).get("Messages", [])
            if not messages:
                break
            for message in messages:
                _check(message)
            lines = [message["Body"] for message in messages]
            refused, _ = self._insist(lines, _PUT, self._put)
            put = [each for each in messages if each["Body"] not in refused]
            self._delete(put)
            done += len(put)
            if refused:
                raise AwsError(
                    f"{self._stream} still refuses events ({self.reasons()}); {done:,} were put,"
                    f" the others stay in {self._queue}"
                )
        return done

    def reasons(self) -> str:
        """Tell why lines were refused, and how often."""
        counts = sorted(self.refusals.items())
        return ", ".join(f"{why}: {count:,}" for why, count in counts) or "none"

    def _insist(
        self, lines: Sequence[str], limits: tuple[int, int], offer: Offer
    ) -> tuple[list[str], int]:
        """Offer lines until all are taken; return the others, and the number of further tries."""
        left, again = list(lines), 0
        for number, _ in enumerate(self._retries.pauses()):
            again += len(left) if number else 0
            left = [line for batch in batches(left, *limits) for line in offer(batch)]
            if not left:
                break
        return left, again

    def _put(self, lines: Sequence[str]) -> list[str]:
        records = [
            {"Data": line.encode(), "PartitionKey": session_of(line)} for line in lines
        ]
        try:
            with aws_errors(self._stream):
                answer = self._kinesis.put_records(
                    StreamName=self._stream, Records=records
                )
        except AwsError as error:
            return self._refuse(lines, str(error))
        # The count of failures says how many, the records say which.
        refused = []
        for line, result in zip(lines, answer["Records"], strict=True):
            if code := result.get("ErrorCode"):
                refused += self._refuse([line], code)
        return refused

    def _keep(self, lines: Sequence[str]) -> list[str]:
        entries = [
            {"Id": str(number), "MessageBody": line}
            for number, line in enumerate(lines)
        ]
        try:
            with aws_errors(self._queue):
                answer = self._sqs.send_message_batch(
                    QueueUrl=self._queue, Entries=entries
                )
        except AwsError as error:
            return self._refuse(lines, str(error))
        refused = []
        for failed in answer.get("Failed", []):
            refused += self._refuse([lines[int(failed["Id"])]], failed["Code"])
        return refused

    def _delete(self, messages: Sequence[Any]) -> None:
        entries = [
            {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
            for number, message in enumerate(messages)
        ]
        if entries:
            # One that is not deleted comes again and is put again, with the same id.
            with aws_errors(self._queue):
                self._sqs.delete_message_batch(QueueUrl=self._queue, Entries=entries)

    def _refuse(self, lines: Sequence[str], why: str) -> list[str]:
        self.refusals[why] += len(lines)
        return list(lines)


def batches(lines: Sequence[str], most: int, most_bytes: int) -> Iterator[list[str]]:
    """Cut lines into requests that are not too large; a line that is too large is one alone."""
    batch: list[str] = []
    size = 0
    for line in lines:
        own = len(line.encode()) + len(session_of(line).encode())
        if batch and (len(batch) == most or size + own > most_bytes):
            yield batch
            batch, size = [], 0
        batch.append(line)
        size += own
    if batch:
        yield batch


def session_of(line: str) -> str:
    """Return the session of an event: all its events go to the same shard."""
    return str(json.loads(line)["session_id"])


def _check(message: Any) -> None:
    try:
        session_of(message["Body"])
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"message {message['MessageId']} of the queue is no event; delete it"
        ) from error
