"""No event is lost on its way to the stream: it is put, or kept in a queue, or the run fails."""

import json
from collections import Counter
from random import Random

import pytest

from generators.event_retries import Retries
from generators.event_sender import Counts, batches
from salesetl.errors import AwsError, InputError
from tests.generators.faulty_streams import THROTTLED, event_lines, sending

pytestmark = pytest.mark.usefixtures("s3_root")


def test_events_are_put_in_few_requests_and_those_of_a_session_stay_in_order() -> None:
    lines = event_lines(1203)
    at = sending()

    counts = at.sender().send(lines)

    assert counts == Counts(made=1203, put=1203, retried=0, dead_lettered=0)
    assert at.stream.asked == [500, 500, 203]
    put = at.stream.lines()
    assert sorted(put) == sorted(lines)
    numbers: dict[str, list[int]] = {}
    for event in map(json.loads, put):
        numbers.setdefault(event["session_id"], []).append(int(event["event_id"][1:]))
    assert all(each == sorted(each) for each in numbers.values())
    assert at.pauses == [] and at.queue.asked == []


def test_a_stream_that_refuses_a_fifth_of_records_gets_each_once() -> None:
    lines = event_lines(2000)
    at = sending(records=0.2)
    sender = at.sender()

    counts = sender.send(lines)

    assert counts.made == counts.put == 2000
    assert counts.dead_lettered == 0
    assert Counter(at.stream.lines()) == Counter(lines)
    # A fifth, a fifth of that, and so on: a quarter in the end.
    assert 420 < counts.retried < 580
    assert sender.refusals == {THROTTLED: counts.retried}
    assert sum(at.stream.asked) == 2000 + counts.retried


def test_a_stream_that_refuses_most_records_leaves_the_rest_to_the_queue() -> None:
    lines = event_lines(600)
    at = sending(records=0.9, messages=0.2)

    counts = at.sender().send(lines)

    assert counts.made == counts.put + counts.dead_lettered == 600
    assert counts.put > 200 and counts.dead_lettered > 200
    put, kept = at.stream.lines(), at.queue.lines()
    assert len(put) == counts.put and len(kept) == counts.dead_lettered
    assert Counter(put + kept) == Counter(lines)
    assert max(at.queue.asked) == 10


def test_whole_requests_that_are_refused_are_made_again() -> None:
    lines = event_lines(1200)
    at = sending(requests=0.5)

    counts = at.sender().send(lines)

    assert counts.made == counts.put == 1200
    assert counts.retried > 0
    assert Counter(at.stream.lines()) == Counter(lines)


def test_a_request_whose_answer_is_lost_may_put_twice_but_never_loses() -> None:
    lines = event_lines(1500)
    at = sending(lost_answers=0.4)

    counts = at.sender().send(lines)

    assert counts.put == 1500
    assert set(at.stream.lines()) == set(lines)
    assert len(at.stream.lines()) > 1500


def test_a_stream_that_is_not_there_leaves_all_to_the_queue_in_time() -> None:
    lines = event_lines(25)
    at = sending()
    # The client of the stream is real: it says itself that there is no such stream.
    sender = at.sender("no-such-stream")

    counts = sender.send(lines)

    assert counts == Counts(made=25, put=0, retried=7 * 25, dead_lettered=25)
    assert Counter(at.queue.lines()) == Counter(lines)
    assert at.queue.asked == [10, 10, 5]
    [(reason, count)] = sender.refusals.items()
    assert reason.startswith("no-such-stream: ResourceNotFoundException: ")
    assert count == 8 * 25
    assert sum(at.pauses) < 15


def test_events_that_are_in_neither_place_fail_the_run() -> None:
    at = sending(records=1.0, messages=1.0)

    with pytest.raises(AwsError) as failed:
        at.sender().send(event_lines(3))

    assert str(failed.value) == (
        f"3 of 3 events are neither in {at.stream.name} nor in {at.queue.url}"
        f" (InternalError: 24, {THROTTLED}: 24); run again for the same time: the ids are the same"
    )


def test_the_same_faults_are_answered_alike() -> None:
    first, second = sending(records=0.5), sending(records=0.5)

    counts = [at.sender().send(event_lines(300)) for at in (first, second)]

    assert counts[0] == counts[1]
    assert first.pauses == second.pauses
    assert first.stream.asked == second.stream.asked


def test_pauses_grow_up_to_the_longest_and_are_not_all_alike() -> None:
    slept: list[float] = []
    for _ in Retries(random=Random(1), sleep=slept.append, longest_pause=2).pauses():
        pass

    whole = [0.1, 0.2, 0.4, 0.8, 1.6, 2, 2]
    assert len(slept) == len(whole)
    assert all(most / 2 <= pause <= most for pause, most in zip(slept, whole))
    assert len({pause / most for pause, most in zip(slept, whole)}) == len(whole)


def test_without_time_left_refused_events_go_to_the_queue_at_once() -> None:
    at = sending(records=1.0)
    at.seconds_left = 61.0

    counts = at.sender().send(event_lines(12))

    # What is left after a minute is for the queue.
    assert counts.dead_lettered == 12
    assert 0 < len(at.pauses) < 7
    assert 60.0 <= at.seconds_left < 61.0


def test_nothing_to_send_asks_nobody() -> None:
    at = sending()

    assert at.sender().send([]) == Counts()
    assert at.stream.asked == at.queue.asked == []


def test_requests_keep_to_their_number_and_size_of_bytes() -> None:
    # A letter of two bytes each: what counts is bytes.
    lines = event_lines(50, about="ü" * 1000)
    most_bytes = 20_000

    found = list(batches(lines, 500, most_bytes))

    assert [line for batch in found for line in batch] == lines
    assert len(found) > 2
    for batch in found:
        keys = sum(len(json.loads(line)["session_id"]) for line in batch)
        assert sum(len(line.encode()) for line in batch) + keys <= most_bytes
    assert [len(batch) for batch in batches(event_lines(23), 10, 10**6)] == [10, 10, 3]
    # A line has 218 bytes, and its key 200.
    long_keys = [json.dumps({"session_id": "S" * 200})] * 9
    assert [len(batch) for batch in batches(long_keys, 500, 1700)] == [4, 4, 1]


def test_a_line_that_is_too_large_is_alone_and_not_lost() -> None:
    small, large = event_lines(2), event_lines(1, about="x" * 500)

    found = list(batches([small[0], *large, small[1]], 500, 200))

    assert found == [[small[0]], large, [small[1]]]


def test_dead_letters_are_put_in_the_end_and_leave_the_queue() -> None:
    lines = event_lines(33)
    at = sending(records=1.0)
    at.sender().send(lines)
    at.stream.records = 0.2

    put = at.sender().resend()

    assert put == 33
    assert Counter(at.stream.lines()) == Counter(lines)
    assert at.queue.count() == 0
    assert at.sender().resend() == 0


def test_dead_letters_that_are_refused_again_stay_in_the_queue() -> None:
    lines = event_lines(5)
    at = sending(records=1.0)
    at.sender().send(lines)

    with pytest.raises(AwsError, match=r"still refuses .*; 0 were put, the others"):
        at.sender().resend()

    assert at.queue.count() == 5
    assert at.stream.lines() == []


@pytest.mark.parametrize("body", ["no JSON", "{}", "[]", "1"])
def test_a_message_that_is_no_event_is_named_and_not_put(body: str) -> None:
    at = sending()
    sent = at.queue.send_message(QueueUrl=at.queue.url, MessageBody=body)

    with pytest.raises(InputError, match=f"message {sent['MessageId']} .* is no event"):
        at.sender().resend()

    assert at.stream.lines() == []
