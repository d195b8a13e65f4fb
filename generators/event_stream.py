"""Writes events as a stream delivers them: hourly, some late, some twice, some in the future."""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from random import Random

from tqdm import tqdm

from generators.dirt import Answers
from generators.event_dirt import EVENT_DIRT, ORDER_DIRT
from generators.event_plan import HOUR, SENT_LATE_BY, EventPlan
from generators.event_truth import EventTruth
from generators.event_visits import Event, EventWorld, hour_of, moment_of
from generators.order_edits import line_of

_YEARS_AHEAD = 10


class EventStream:
    """The delivered lines of a plan, hour by hour, and the answers that a job must come to."""

    def __init__(self, plan: EventPlan) -> None:
        self._plan = plan
        self._world = EventWorld.of(
            plan.start_at, plan.seed, plan.customers, plan.funnel
        )
        # By the hour in which they happen, and in which they arrive.
        self._to_happen: dict[datetime, list[Event]] = defaultdict(list)
        self._held_back: dict[datetime, list[str]] = defaultdict(list)
        self.answers, self.truth = Answers("event_ids"), EventTruth()
        self.counts = {"late": 0, "sent_again": 0, "future": 0}

    def hours(self) -> Iterator[tuple[datetime, list[str]]]:
        """Yield each hour with the lines that arrive in it."""
        hour = self._plan.start_at
        while hour < self._plan.end_at:
            for event in chain(*self._world.visits_in(hour)):
                self._to_happen[hour_of(event)].append(event)
            lines = []
            for event in sorted(self._to_happen.pop(hour, []), key=moment_of):
                lines += self._arriving(event, hour)
            yield hour, lines + self._held_back.pop(hour, [])
            hour += HOUR

    def as_dict(self) -> dict[str, object]:
        """Return the answers and the truth as their JSON file has them."""
        answers = self.answers.as_dict() | {"stream": self.counts}
        return answers | {"truth": self.truth.as_dict()}

    def _arriving(self, event: Event, hour: datetime) -> list[str]:
        """Return the lines of an event that arrive in its hour; others are held back."""
        luck = Random(f"{self._plan.seed}/arrival/{event['event_id']}")
        faults = self._plan.faults
        if luck.random() < self._plan.dirt:
            lines = self._faulty(event, luck.random())
        elif luck.random() < faults.future:
            lines = [self._of_a_clock_ahead(event)]
        else:
            lines = [line_of(event)]
            self.answers.add_clean(1, _cents(event), _currency(event))
            self.truth.add(event)
            if luck.random() < faults.duplicates:
                self._again(lines[0], hour, luck)
        if luck.random() < faults.late:
            self.counts["late"] += 1
            self._held_back[self._later(hour, luck)] += lines
            return []
        return lines

    def _faulty(self, event: Event, luck: float) -> list[str]:
        kinds = [*EVENT_DIRT, *(ORDER_DIRT if "order" in event else ())]
        dirt = kinds[int(luck * len(kinds))]
        lines = dirt.lines(event)
        amount = Decimal(_cents(event)).scaleb(-2)
        self.answers.add(dirt, event["event_id"], amount, len(lines), _currency(event))
        if dirt.loaded:
            self.truth.add(event)
        return lines

    def _of_a_clock_ahead(self, event: Event) -> str:
        self.counts["future"] += 1
        self.answers.rows_read += 1
        self.answers.rows_quarantined += 1
        self.answers.rows_by_reason["event_is_not_after_as_of"] += 1
        year, rest = event["event_timestamp"].split("-", 1)
        # Ten years after a leap day there is no 29 February.
        ahead = f"{int(year) + _YEARS_AHEAD}-{rest.replace('02-29', '02-28')}"
        return line_of(event | {"event_timestamp": ahead})

    def _again(self, line: str, hour: datetime, luck: Random) -> None:
        self.counts["sent_again"] += 1
        self.answers.rows_read += 1
        self.answers.duplicates_removed += 1
        self._held_back[self._later(hour, luck)].append(line)

    def _later(self, hour: datetime, luck: Random) -> datetime:
        """Return an hour that is later, but not after the last one."""
        hours = 1 + int(luck.random() * (SENT_LATE_BY // HOUR))
        return min(hour + hours * HOUR, self._plan.end_at - HOUR)


def write_events(plan: EventPlan, root: Path) -> EventStream:
    """Write `events/YYYY/MM/DD/HH/events.json.gz` below a root, and `_answers/events.json`."""
    for stale in root.glob("events/*/*/*/*/events.json.gz"):
        stale.unlink()
    stream = EventStream(plan)
    for hour, lines in tqdm(
        stream.hours(), total=plan.hours, unit=" hours", disable=None
    ):
        if lines:
            folder = root / "events" / f"{hour:%Y/%m/%d/%H}"
            folder.mkdir(parents=True, exist_ok=True)
            content = "".join(f"{line}\n" for line in lines).encode()
            # Without a time, so that the same events make the same file.
            (folder / "events.json.gz").write_bytes(gzip.compress(content, mtime=0))
    answers = root / "_answers" / "events.json"
    answers.parent.mkdir(parents=True, exist_ok=True)
    answers.write_text(json.dumps(stream.as_dict(), indent=2) + "\n")
    return stream


def _cents(event: Event) -> int:
    return round(event["order"]["total_amount"] * 100) if "order" in event else 0


def _currency(event: Event) -> str:
    return str(event["order"]["currency"]) if "order" in event else ""
