"""A file that is written to S3 is loaded once, and only what failed is asked for again."""

import json
from typing import Any
from urllib.parse import quote_plus

import boto3
import pytest

from jobs import flatten_orders_lambda
from salesetl.errors import InputError
from salesetl.runs import read_reports
from salesetl.storage import storage_of

ORDER = {
    "order_id": "O1",
    "order_timestamp": "2025-01-31T10:00:00Z",
    "customer": {"customer_id": "C1", "country": "US", "segment": "consumer"},
    "sales_channel": "online",
    "payment": {"method": "paypal", "status": "paid"},
    "items": [
        {"product_id": "P1", "category": "Home", "quantity": 2, "unit_price": 1.5}
    ],
    "order_total": 3.0,
    "currency": "USD",
}


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
            "object": {"key": quote_plus(key), "eTag": written["ETag"].strip('"')},
        },
    }


def handled(*records: dict[str, Any]) -> dict[str, Any]:
    """Send an event to the function."""
    return flatten_orders_lambda.handler({"Records": list(records)}, None)


def orders_in(lake: str) -> int:
    """Count the orders of all runs that were loaded."""
    reports = read_reports(storage_of(lake), lake)
    return sum(each.rows_loaded for each in reports if each.status == "succeeded")


def test_every_file_of_an_event_is_loaded_whatever_its_name(
    s3_root: str, lake: str
) -> None:
    first = record_of(s3_root, "raw/Bestellungen März+1 100%.json", ORDER)
    second = record_of(s3_root, "raw/two.json", ORDER | {"order_id": "O2"})

    assert handled(first, second) == {"batchItemFailures": []}

    assert orders_in(lake) == 2
    months = {
        path.path.split("/")[-2]
        for path in storage_of(lake).files(f"{lake}/fact_orders")
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

    assert len(read_reports(storage_of(lake), lake)) == 2
    assert orders_in(lake) == 3


def test_of_a_queue_only_the_message_that_failed_comes_again(
    s3_root: str, lake: str
) -> None:
    good = record_of(s3_root, "raw/good.json", ORDER)
    bad = record_of(s3_root, "raw/bad.json", '{"order_id": ')
    messages = [
        {"messageId": name, "body": json.dumps({"Records": [record]})}
        for name, record in (("m1", bad), ("m2", good))
    ]

    assert handled(*messages) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert orders_in(lake) == 1


def test_straight_from_s3_the_failure_is_told_after_the_others_were_loaded(
    s3_root: str, lake: str
) -> None:
    bad = record_of(s3_root, "raw/bad.json", "[]x")
    good = record_of(s3_root, "raw/good.json", ORDER)

    with pytest.raises(InputError, match="raw/bad.json: .*rejected"):
        handled(bad, good)

    assert orders_in(lake) == 1


def test_what_is_no_new_file_is_passed_over(s3_root: str, lake: str) -> None:
    record = record_of(s3_root, "raw/one.json", ORDER)
    folder = record_of(s3_root, "raw/")

    assert handled(record | {"eventName": "ObjectRemoved:Delete"}, folder) == {
        "batchItemFailures": []
    }
    assert flatten_orders_lambda.handler({"Event": "s3:TestEvent"}, None) == {
        "batchItemFailures": []
    }
    assert storage_of(lake).files(lake) == []
