"""The Lambda function of a pipeline, deployed with its queues and really run."""

import json
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import boto3
import pytest

from salesetl.cloudformation.environments import environment_of
from salesetl.runs import read_reports
from salesetl.storage import storage_of
from tests.cloudformation.conftest import RELEASE, ROOT, infra
from tests.cloudformation.template import RESOURCES, filled
from tests.jobs.shop import order

Found = TypeVar("Found")
ENV = "lambda"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a package of the handler that finds the rest where the tests have it."""
    path = tmp_path_factory.mktemp("package") / "package.zip"
    handler = (ROOT / "jobs/flatten_orders_lambda.py").read_text()
    [packages] = [each for each in sys.path if each.endswith("site-packages")]
    paths = [str(ROOT / "src"), packages]
    with zipfile.ZipFile(path, "w") as written:
        written.writestr(
            "flatten_orders_lambda.py",
            f"import sys\n\nsys.path[:0] = {paths!r}\n\n{handler}",
        )
    return path


def awaited(look: Callable[[], Found], seconds: int = 90) -> Found:
    """Look again and again until there is something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.2)
    return found


@pytest.mark.usefixtures("ministack")
def test_a_file_that_is_written_is_loaded_once_and_registered(package: Path) -> None:
    infra("deploy", "--release", RELEASE, "--function", str(package), env=ENV)
    environment = environment_of(ENV)
    lake, database = environment.lake, environment.database("orders")
    line = json.dumps(order(1)).encode()

    storage_of(environment.raw).write(f"{environment.raw}/orders/day 1+ü.json", line)

    [report] = awaited(
        lambda: [
            each
            for each in read_reports(storage_of(lake), lake, ["orders"])
            # It tells that it has succeeded before its tables are registered.
            if each.catalog and each.catalog["error"] != "not registered yet"
        ]
    )
    assert (report.status, report.rows_loaded) == ("succeeded", 1)
    assert report.catalog and report.catalog["error"] is None
    glue = boto3.client("glue")
    tables = glue.get_tables(DatabaseName=database)["TableList"]
    assert {"fact_orders", "fact_order_items"} <= {each["Name"] for each in tables}
    parts = glue.get_partitions(DatabaseName=database, TableName="fact_orders")
    assert len(parts["Partitions"]) == 1


def test_a_function_comes_only_with_its_package_and_hears_of_its_source_only() -> None:
    own = {
        name.removeprefix("orders."): each
        for name, each in RESOURCES.items()
        if each.get("Condition") == "HasFunction"
    }

    kinds = {each["Type"] for each in own.values()}
    assert {"AWS::Lambda::Function", "AWS::SQS::Queue", "AWS::Events::Rule"} <= kinds
    pattern = filled(own["NewFiles"]["Properties"]["EventPattern"])
    assert pattern["detail"]["object"]["key"] == [{"prefix": "orders/"}]
    raw = filled(RESOURCES["RawBucket"]["Properties"])
    assert pattern["detail"]["bucket"]["name"] == [raw["BucketName"]]
    notified = raw["NotificationConfiguration"]["EventBridgeConfiguration"]
    assert notified == {"EventBridgeEnabled": True}
    # A message must not come again while the function still works on it.
    timeout = own["Function"]["Properties"]["Timeout"]
    assert own["Queue"]["Properties"]["VisibilityTimeout"] >= 6 * timeout
    redrive = own["Queue"]["Properties"]["RedrivePolicy"]
    assert filled(redrive["deadLetterTargetArn"]) == "DeadLetterQueue"
    alarm = own["FailedFilesAlarm"]["Properties"]
    assert filled(alarm["Dimensions"])[0]["Value"] == "DeadLetterQueue.QueueName"
    assert own["NewFilesToFunction"]["Properties"]["FunctionResponseTypes"] == [
        "ReportBatchItemFailures"
    ]
