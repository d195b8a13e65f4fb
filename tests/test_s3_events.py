"""A file that is written to S3 is loaded once, and only what failed is asked for again."""

import contextlib
import itertools
import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote_plus, unquote_plus

import boto3
import pytest

from jobs import flatten_orders_lambda
from salesetl.destinations.lease import held_lease, lease_path
from salesetl.errors import InputError
from salesetl.pipelines.orders.contracts import FACT_ORDERS
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.registry import namespaces
from salesetl.rows import read_rows
from salesetl.runs import read_reports
from salesetl.storage import storage_of
from tests.frames import ORDER

# Each write to S3 has a number, the sequencer of its event.
WRITES = itertools.count(1)


@pytest.fixture
def lake(s3_root: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Tell the function where its lake is."""
    monkeypatch.setenv("SALESETL_OUTPUT_PATH", f"{s3_root}/lake")
    return f"{s3_root}/lake"


def record_of(root: str, key: str, *orders: dict[str, Any] | str) -> dict[str, Any]:
    """Write a file of orders and return the record of the event that S3 makes of it."""
    bucket = root.partition("://")[2]
    lines = [each if isinstance(each, str) else json.dumps(each) for each in orders]
    body = "\n".join(lines).encode()
    written = boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    return {
        "eventSource": "aws:s3",
        "eventName": "ObjectCreated:Put",
        "s3": {
            "bucket": {"name": bucket},
            "object": {
                "key": quote_plus(key),
                "size": len(body),
                "eTag": written["ETag"].strip('"'),
                "sequencer": f"{next(WRITES):016X}",
            },
        },
    }


def handled(*records: dict[str, Any]) -> dict[str, Any]:
    """Send an event to the function."""
    return flatten_orders_lambda.handler({"Records": list(records)}, None)


def orders_in(lake: str) -> int:
    """Count the orders of all runs that were loaded."""
    reports = read_reports(storage_of(lake), lake, namespaces())
    return sum(each.rows_loaded for each in reports if each.status == "succeeded")


def by_event_bridge(record: dict[str, Any]) -> dict[str, Any]:
    """Return the event that EventBridge makes of what S3 tells, in its own words."""
    written = record["s3"]["object"]
    return {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {
            "bucket": record["s3"]["bucket"],
            "object": {
                "key": unquote_plus(written["key"]),
                "size": written["size"],
                "etag": written["eTag"],
                "sequencer": written["sequencer"],
            },
        },
    }


def test_a_file_that_event_bridge_tells_of_through_a_queue_is_loaded_once(
    s3_root: str, lake: str
) -> None:
    event = by_event_bridge(record_of(s3_root, "raw/März+1 100%.json", ORDER))
    mark = by_event_bridge(record_of(s3_root, "raw/_SUCCESS", ""))
    deleted = event | {"detail-type": "Object Deleted"}
    messages = [
        {"messageId": str(number), "body": json.dumps(each)}
        for number, each in enumerate([event, event, mark, deleted])
    ]

    assert handled(*messages) == {"batchItemFailures": []}

    assert orders_in(lake) == 1
    assert len(read_reports(storage_of(lake), lake, namespaces())) == 1


def test_every_file_of_an_event_is_loaded_whatever_its_name(
    s3_root: str, lake: str
) -> None:
    first = record_of(s3_root, "raw/Bestellungen März+1 100%.json", ORDER)
    second = record_of(s3_root, "raw/two.json", ORDER | {"order_id": "O2"})

    assert handled(first, second) == {"batchItemFailures": []}

    assert orders_in(lake) == 2
    months = {
        path.path.split("/")[-2]
        for path in storage_of(lake).files(f"{lake}/orders/fact_orders")
    }
    assert months == {"order_month=01"}


def test_an_event_that_comes_again_changes_nothing(s3_root: str, lake: str) -> None:
    record = record_of(s3_root, "raw/one.json", ORDER)
    handled(record)
    before = storage_of(lake).files(lake)

    handled(record)

    assert storage_of(lake).files(lake) == before


def test_a_file_that_is_written_anew_is_loaded_again(s3_root: str, lake: str) -> None:
    handled(record_of(s3_root, "raw/one.json", ORDER))

    handled(record_of(s3_root, "raw/one.json", ORDER, ORDER | {"order_id": "O2"}))

    assert len(read_reports(storage_of(lake), lake, namespaces())) == 2
    assert orders_in(lake) == 3


def test_content_that_is_written_back_is_loaded_again(s3_root: str, lake: str) -> None:
    for status in ("paid", "refunded", "paid"):
        amended = ORDER | {"payment": {"method": "paypal", "status": status}}
        handled(record_of(s3_root, "raw/one.json", amended))

    rows = read_rows(storage_of(lake), f"{lake}/orders/fact_orders", FACT_ORDERS)
    assert [row["payment_status"] for row in rows] == ["paid"]
    assert len(read_reports(storage_of(lake), lake, namespaces())) == 3


def test_a_rejected_order_does_not_keep_the_others_of_its_file_from_the_lake(
    s3_root: str, lake: str
) -> None:
    bad = ORDER | {"order_id": "O2", "order_total": 1}

    handled(record_of(s3_root, "raw/one.json", ORDER, bad, '{"order_id": '))

    [report] = read_reports(storage_of(lake), lake, namespaces())
    assert (report.status, report.rows_loaded, report.rows_quarantined) == (
        "succeeded",
        1,
        2,
    )


@pytest.mark.parametrize("is_raw", [True, False], ids=["queue", "topic and queue"])
def test_of_a_queue_only_the_message_that_failed_comes_again(
    s3_root: str, lake: str, is_raw: bool
) -> None:
    good = record_of(s3_root, "raw/good.json", ORDER)
    gone = record_of(s3_root, "raw/gone.json", ORDER)
    boto3.client("s3").delete_object(
        Bucket=gone["s3"]["bucket"]["name"], Key="raw/gone.json"
    )
    bodies = {"m1": json.dumps({"Records": [gone]}), "m2": "not json"}
    bodies |= {"m3": json.dumps({"Records": [good]}), "m4": '{"detail": {}}'}
    if not is_raw:
        bodies = {
            name: json.dumps({"Type": "Notification", "Message": body})
            for name, body in bodies.items()
        }

    answer = handled(
        *({"messageId": name, "body": body} for name, body in bodies.items())
    )

    assert answer == {
        "batchItemFailures": [{"itemIdentifier": name} for name in ("m1", "m2", "m4")]
    }
    assert orders_in(lake) == 1


def test_straight_from_s3_the_failure_is_told_after_the_others_were_loaded(
    s3_root: str, lake: str
) -> None:
    gone = record_of(s3_root, "raw/gone.json", ORDER)
    boto3.client("s3").delete_object(
        Bucket=gone["s3"]["bucket"]["name"], Key="raw/gone.json"
    )
    good = record_of(s3_root, "raw/good.json", ORDER)

    with pytest.raises(InputError, match="raw/gone.json: the object was deleted"):
        handled(gone, good)

    assert orders_in(lake) == 1


def test_a_file_waits_for_the_one_that_is_being_loaded(
    s3_root: str, lake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    held = held_lease(storage_of(lake), lease_path(lake, ORDERS.name), "other")
    with contextlib.ExitStack() as other:
        other.enter_context(held)

        def sleep(seconds: float) -> None:
            waited.append(seconds)
            other.close()

        monkeypatch.setattr("salesetl.s3_events.time.sleep", sleep)
        context = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)
        event = {"Records": [record_of(s3_root, "raw/one.json", ORDER)]}
        flatten_orders_lambda.handler(event, context)

    assert len(waited) == 1
    assert orders_in(lake) == 1


def test_an_event_that_comes_twice_at_once_is_loaded_once(
    s3_root: str, lake: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = {"Records": [record_of(s3_root, "raw/one.json", ORDER)]}
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 60_000)
    held = held_lease(storage_of(lake), lease_path(lake, ORDERS.name), "other")
    with contextlib.ExitStack() as other:
        other.enter_context(held)

        def sleep(_: float) -> None:
            # Meanwhile the same event is seen to elsewhere.
            other.close()
            flatten_orders_lambda.handler(event, context)

        monkeypatch.setattr("salesetl.s3_events.time.sleep", sleep)
        flatten_orders_lambda.handler(event, context)

    reports = read_reports(storage_of(lake), lake, namespaces())
    assert [report.status for report in reports].count("succeeded") == 1
    assert orders_in(lake) == 1


def test_what_is_no_new_file_is_passed_over(s3_root: str, lake: str) -> None:
    record = record_of(s3_root, "raw/one.json", ORDER)
    marks = [
        record_of(s3_root, key)
        for key in ("raw/", "raw/_SUCCESS", "raw/x_$folder$", "raw/empty.json")
    ]

    assert handled(record | {"eventName": "ObjectRemoved:Delete"}, *marks) == {
        "batchItemFailures": []
    }
    assert flatten_orders_lambda.handler({"Event": "s3:TestEvent"}, None) == {
        "batchItemFailures": []
    }
    assert storage_of(lake).files(lake) == []
