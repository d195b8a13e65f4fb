"""The Lambda function sends each event once, whatever the schedule, and repeats itself exactly."""

import json
import logging
import os
import subprocess
import sys
import uuid
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from generators.event_plan import EventPlan
from generators.event_stream import EventStream
from generators.events_lambda import handler, interval_of, lines_between
from salesetl.errors import ArgumentError, AwsError
from tests.generators.faulty_streams import FaultyQueue, FaultyStream

OPENED = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def stream(s3_root: str, monkeypatch: pytest.MonkeyPatch) -> FaultyStream:
    """Make a stream and a queue, and set what the function looks at."""
    name = f"events-{uuid.uuid4().hex}"
    made, queue = FaultyStream(name), FaultyQueue(name)
    for variable, value in {
        "STREAM": name,
        "DEAD_LETTERS": queue.url,
        "MINUTES": "15",
        "OPENED_AT": "2025-01-01T00:00:00Z",
        "SEED": "42",
        "CUSTOMERS": "100",
    }.items():
        monkeypatch.setenv(f"SALESETL_{variable}", value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    return made


class Hurry:
    """The context of a run that has no time for a second try."""

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left."""
        return 10_000


def scheduled(time: str, **fields: Any) -> dict[str, Any]:
    """Make an event as EventBridge sends it on a schedule."""
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": time,
        "region": "us-east-1",
        "resources": ["arn:aws:events:us-east-1:123456789012:rule/any"],
        "detail": {},
    } | fields


def test_runs_of_a_day_send_what_the_files_of_this_day_have(
    stream: FaultyStream,
) -> None:
    plan = EventPlan(start_at=OPENED, hours=24, seed=42, customers=100)
    expected = [line for _, lines in EventStream(plan).hours() for line in lines]

    made = 0
    for number in range(1, 97):
        # EventBridge may be some seconds late.
        time = OPENED + timedelta(minutes=15 * number, seconds=number % 50)
        made += handler(scheduled(f"{time:%Y-%m-%dT%H:%M:%SZ}"), None)["put"]

    sent = stream.lines()
    assert made == len(sent) == len(set(sent)) > 200
    assert sorted(sent) == sorted(expected)


def test_a_run_is_told_in_one_line_and_repeats_itself(
    stream: FaultyStream, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "generators")
    event = scheduled("2025-01-01T12:15:07Z")

    first, again = handler(event, None), handler(event, None)

    assert first == again
    assert first["made"] == first["put"] > 0
    sent = stream.lines()
    assert len(sent) == 2 * first["made"]
    assert len(set(sent)) == first["made"]
    assert [
        text for name, _, text in caplog.record_tuples if name.startswith("generators")
    ] == 2 * [
        "events from 2025-01-01T12:00:00+00:00 until 2025-01-01T12:15:00+00:00:"
        f" {first['made']} made, {first['made']} put, 0 retried, 0 dead-lettered; refusals: none"
    ]


def test_missed_runs_are_made_up_for_in_one(stream: FaultyStream) -> None:
    counts = handler({"time": "2025-01-02T00:00:00Z", "minutes": 1440}, None)

    lines = lines_between(OPENED, OPENED + timedelta(days=1))
    assert counts["put"] == len(lines)
    moments = [json.loads(line)["event_timestamp"] for line in lines]
    assert moments == sorted(moments)
    assert len(stream.lines()) == counts["put"]


def test_events_are_kept_while_the_stream_is_away_and_put_when_it_is_back(
    stream: FaultyStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALESETL_STREAM", "away")

    counts = handler(scheduled("2025-01-01T12:15:00Z"), Hurry())

    assert counts["dead_lettered"] == counts["made"] > 0
    assert (counts["put"], counts["retried"]) == (0, 0)
    monkeypatch.setenv("SALESETL_STREAM", stream.name)
    assert handler({"dead_letters": "put"}, None) == {"put": counts["made"]}
    assert len(set(stream.lines())) == counts["made"]


def test_a_run_without_stream_and_queue_fails(
    stream: FaultyStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALESETL_STREAM", "away")
    monkeypatch.setenv(
        "SALESETL_DEAD_LETTERS", os.environ["SALESETL_DEAD_LETTERS"] + "-away"
    )

    with pytest.raises(AwsError, match="events are neither in away nor in http"):
        handler(scheduled("2025-01-01T12:15:00Z"), Hurry())


@pytest.mark.parametrize(
    ("time", "every", "start", "end"),
    [
        ("2025-01-01T10:15:00Z", 15, "10:00", "10:15"),
        ("2025-01-01T10:29:59Z", 15, "10:00", "10:15"),
        ("2025-01-01T10:30:00+00:00", 5, "10:25", "10:30"),
        ("2025-01-01T12:15:00+02:00", 15, "10:00", "10:15"),
        ("2025-01-01T10:59:00Z", 20, "10:20", "10:40"),
    ],
)
def test_an_interval_has_ended_and_begins_at_a_full_part_of_the_day(
    time: str, every: int, start: str, end: str
) -> None:
    begin, until = interval_of({"time": time}, every)

    assert (f"{begin:%H:%M}", f"{until:%H:%M}") == (start, end)
    assert begin.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({}, "time and minutes of the event: Invalid isoformat string: 'None'"),
        ({"time": "noon"}, "Invalid isoformat string: 'noon'"),
        ({"time": "2025-01-01T10:15:00"}, "has no time zone; add Z"),
        ({"time": "9998-01-01T10:15:00Z"}, "is yet to come"),
        ({"time": "2025-01-01T10:15:00Z", "minutes": 0}, "is not positive"),
        ({"time": "2025-01-01T10:15:00Z", "minutes": "many"}, "invalid literal"),
    ],
)
def test_a_run_for_no_time_is_refused(event: dict[str, Any], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        interval_of(event, 15)


@pytest.mark.slow
def test_the_package_makes_events_with_nothing_but_what_is_in_it(
    clone: Path, tmp_path: Path, stream: FaultyStream
) -> None:
    command = ["scripts/package_generator.sh", f"{sys.prefix}/bin"]
    built = subprocess.check_output(command, cwd=clone, text=True)
    with zipfile.ZipFile(next(clone.glob("dist/*generator*.zip"))) as package:
        package.extractall(tmp_path)
    call = (
        "import json, sys; from generators.events_lambda import handler;"
        "json.dump(handler({'time': '2025-01-01T12:15:00Z'}, None), sys.stdout)"
    )
    answer = subprocess.check_output(
        [sys.executable, "-S", "-c", call],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        text=True,
    )

    assert "MiB unpacked, handler generators.events_lambda.handler" in built
    counts = json.loads(answer)
    assert counts["made"] == counts["put"] == len(stream.lines()) > 0
    heavy = ("numpy", "pyarrow", "duckdb", "pandas")
    assert [name for name in heavy if (tmp_path / name).exists()] == []
