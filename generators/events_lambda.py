"""Lambda function: make the events of a shop as time goes by, and send them to a stream.

EventBridge starts it every `SALESETL_MINUTES` minutes. A run sends the events of the interval that
has ended, and knows nothing of other runs: the same time always gives the same events with the same
ids, so a run that failed is simply made again.

`SALESETL_STREAM` is the name of the Kinesis stream, `SALESETL_DEAD_LETTERS` the address of the
queue that keeps what the stream refuses. `SALESETL_OPENED_AT`, `SALESETL_SEED` and
`SALESETL_CUSTOMERS` are the shop.
"""

import logging
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import inf
from typing import Any

from generators.event_plan import Funnel
from generators.event_retries import Retries
from generators.event_sender import EventSender
from generators.event_visits import EventWorld
from generators.order_edits import line_of
from salesetl.aws import client
from salesetl.errors import ArgumentError

logger = logging.getLogger(__name__)
logger.setLevel(logging.INFO)

# Clocks of AWS may differ a little.
_AHEAD = timedelta(minutes=1)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, int]:
    """Send the events of the last interval before the event's `time`; return what became of them.

    `minutes` in the event is the length of another interval, to make up for runs that were missed.
    An event with `dead_letters` puts what the queue keeps into the stream.
    """
    sender = _sender(context)
    if "dead_letters" in event:
        put = sender.resend()
        logger.info("dead letters: %d put; refusals: %s", put, sender.reasons())
        return {"put": put}
    every = int(os.environ["SALESETL_MINUTES"])
    start, end = interval_of(event, every)
    counts = sender.send(lines_between(start, end))
    logger.info(
        "events from %s until %s: %d made, %d put, %d retried, %d dead-lettered; refusals: %s",
        *(start.isoformat(), end.isoformat()),
        *counts.as_dict().values(),
        sender.reasons(),
    )
    return counts.as_dict()


def interval_of(event: Mapping[str, Any], every: int) -> tuple[datetime, datetime]:
    """Return beginning and end of the last interval of `every` minutes that has ended.

    Intervals begin at midnight, whenever the run was started: so they leave out nothing and do not
    overlap. ArgumentError if the event has no time, or one that is yet to come.
    """
    text = str(event.get("time"))
    try:
        moment = datetime.fromisoformat(text)
        length = timedelta(minutes=int(event.get("minutes", every)))
    except (ValueError, TypeError) as error:
        raise ArgumentError(f"time and minutes of the event: {error}") from error
    if length <= timedelta(0):
        raise ArgumentError(f"minutes of the event: {length} is not positive")
    if moment.tzinfo is None:
        raise ArgumentError(f"time of the event: {text} has no time zone; add Z")
    moment = moment.astimezone(UTC)
    if moment > datetime.now(UTC) + _AHEAD:
        raise ArgumentError(f"time of the event: {text} is yet to come")
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    end = moment - (moment - midnight) % timedelta(minutes=every)
    return end - length, end


def lines_between(start: datetime, end: datetime) -> list[str]:
    """Make the events of an interval, oldest first, a line each."""
    events = _world(
        os.environ["SALESETL_OPENED_AT"],
        int(os.environ["SALESETL_SEED"]),
        int(os.environ["SALESETL_CUSTOMERS"]),
    ).events_between(start, end)
    in_order = sorted(
        events, key=lambda each: (each["event_timestamp"], each["event_id"])
    )
    return [line_of(each) for each in in_order]


@lru_cache
def _world(opened_at: str, seed: int, customers: int) -> EventWorld:
    """Make the shop once for all runs in this process."""
    return EventWorld.of(datetime.fromisoformat(opened_at), seed, customers, Funnel())


def _sender(context: Any) -> EventSender:
    def seconds_left() -> float:
        return context.get_remaining_time_in_millis() / 1000 if context else inf

    return EventSender(
        client("kinesis"),
        os.environ["SALESETL_STREAM"],
        client("sqs"),
        os.environ["SALESETL_DEAD_LETTERS"],
        Retries(seconds_left=seconds_left),
    )
