"""The role of a job allows all that its runs on Spark ask of S3, through S3A and by themselves."""

import os
import uuid
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import pytest
from moto.server import ThreadedMotoServer
from pyspark.sql import SparkSession

from salesetl.errors import SalesEtlError, one_line, understood
from salesetl.java import find_java_home
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.runner.runner import run
from salesetl.spark_settings import MEANING
from tests.cloudformation.requests import Need
from tests.cloudformation.template import allows, bucket
from tests.faults import Proxy, proxy_before

pytestmark = pytest.mark.e2e

JARS = os.environ.get("SALESETL_S3A_JARS", "")
SALES_LINES = """transaction_id,date,customer_id,product,quantity,unit_price,region,total_amount
T1,2025-09-01,C1,Pen,2,1.50,North,3.00
T2,2025-08-02,C1,Pen,1,1.50,North,1.50
T3,x,C1,Pen,1,1.50,North,1.50
"""
CUSTOMER = '{"customer_id": "C1", "age_group": "26-35", "membership_tier": "Gold",'
CUSTOMER += ' "signup_date": "2020-01-01"}'


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Start a server of S3 with a proxy before it, and point the environment at that."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    with proxy_before(f"http://{host}:{port}") as before:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setenv("AWS_ENDPOINT_URL", before.address)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        yield before
    server.stop()


@pytest.fixture
def spark(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[SparkSession]:
    """Start Spark with S3A, as Glue has it, at the proxy."""
    monkeypatch.setenv("JAVA_HOME", find_java_home())
    builder = SparkSession.builder.master("local[2]")
    settings = MEANING | {
        "spark.jars": JARS,
        "spark.hadoop.fs.s3.impl": "org.apache.hadoop.fs.s3a.S3AFileSystem",
        "spark.hadoop.fs.s3a.endpoint": proxy.address,
        "spark.hadoop.fs.s3a.path.style.access": "true",
        "spark.hadoop.fs.s3a.connection.ssl.enabled": "false",
        "spark.hadoop.fs.s3a.endpoint.region": "us-east-1",
        "spark.sql.shuffle.partitions": "2",
        "spark.ui.enabled": "false",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()


class Account:
    """Two buckets, named as they are in the templates once requests are looked at."""

    def __init__(self, server: str) -> None:
        self.raw, self.lake = (f"{kind}-{uuid.uuid4().hex}" for kind in ("raw", "lake"))
        # Whoever delivers is somebody else: what this client asks for is not looked at.
        self.s3 = boto3.client("s3", endpoint_url=server)
        for name in (self.raw, self.lake):
            self.s3.create_bucket(Bucket=name)
        self.put("sales/sales.csv", SALES_LINES)
        self.put("customers/customers.json", CUSTOMER)

    def put(self, key: str, text: str) -> None:
        """Deliver a file."""
        self.s3.put_object(Bucket=self.raw, Key=key, Body=text.encode())

    def run(self, spark: SparkSession, run_id: str) -> None:
        """Load what was delivered."""
        run(
            SALES,
            spark,
            sales_path=f"s3://{self.raw}/sales/",
            customers_path=f"s3://{self.raw}/customers/",
            output_path=f"s3://{self.lake}/lake",
            max_rejected_ratio=1.0,
            run_id=run_id,
        )

    def published(self) -> list[tuple[str, str]]:
        """List the objects of the tables with what tells their content."""
        listed = self.s3.list_objects_v2(Bucket=self.lake)["Contents"]
        return [
            (each["Key"], each["ETag"])
            for each in listed
            if "/_" not in each["Key"] and not each["Key"].endswith("/")
        ]

    def needs(self, proxy: Proxy) -> set[Need]:
        """Return what the requests that the proxy has seen need."""
        needs = {self._need(*each.split(" ")[:2]) for each in proxy.requests}
        needs |= {
            Need("s3:DeleteObject", self._arn(each))
            for each in map(unquote, proxy.deleted)
        }
        return {each for each in needs if each.action}

    def _arn(self, path: str) -> str:
        for name, kind in ((self.raw, "raw"), (self.lake, "processed")):
            path = path.replace(name, bucket(kind))
        return f"arn:aws:s3:::{path}"

    def _need(self, method: str, target: str) -> Need:
        found = urlsplit(target)
        asked = parse_qs(found.query, keep_blank_values=True)
        name, _, key = unquote(found.path).lstrip("/").partition("/")
        if "delete" in asked:
            return Need("", "")
        if not key:
            action = "GetBucketLocation" if "location" in asked else "ListBucket"
            return Need(f"s3:{action}", self._arn(name), asked.get("prefix", [""])[0])
        actions = {"GET": "GetObject", "HEAD": "GetObject", "DELETE": "DeleteObject"}
        action = actions.get(method, "PutObject")
        if method == "DELETE" and "uploadId" in asked:
            action = "AbortMultipartUpload"
        return Need(f"s3:{action}", self._arn(f"{name}/{key}"))


def choose(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Spark have DuckDB in its tasks and its driver, in its tasks alone, or not at all."""
    if way == "tasks":
        monkeypatch.setattr("salesetl.engines.spark_driver.EMBEDDED_INPUT_BYTES", -1)
    elif way == "spark":
        monkeypatch.setattr("salesetl.engines.spark.has_duckdb", lambda spark: False)


with_jars = pytest.mark.skipif(not JARS, reason="make e2e fetches the jars of S3A")


@with_jars
@pytest.mark.parametrize("way", ["driver", "tasks", "spark"])
def test_a_role_allows_what_runs_on_spark_ask_for(
    spark: SparkSession, proxy: Proxy, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(way, monkeypatch)
    account = Account(f"http://{proxy.server}")
    proxy.requests.clear()

    for run_id in ("first", "second"):
        account.run(spark, run_id)
        account.put("sales/more.csv", SALES_LINES.replace("T1", "T9"))

    needs = account.needs(proxy)
    refused = {
        each
        for each in needs
        if not allows("sales.Role", each.action, each.resource, each.prefix)
    }
    assert refused == set()
    assert {"s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"} <= {
        each.action for each in needs
    }
    staged = "/lake/sales/_staging"
    assert any(staged in each.resource for each in needs)


@with_jars
@pytest.mark.parametrize("way", ["driver", "tasks", "spark"])
def test_credentials_that_expire_amid_a_run_are_told_in_one_line_and_nothing_changes(
    spark: SparkSession, proxy: Proxy, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose(way, monkeypatch)
    account = Account(f"http://{proxy.server}")
    account.run(spark, "first")
    before = account.published()
    account.put("sales/more.csv", SALES_LINES.replace("T1", "T9"))
    proxy.requests.clear()
    # Enough to have begun, and less than any of these ways needs.
    proxy.fault = lambda number, _: "expired" if number > 40 else None

    with pytest.raises(Exception) as failure:
        account.run(spark, "second")

    proxy.fault = lambda *_: None
    assert isinstance(understood(failure.value), SalesEtlError)
    told = one_line(failure.value)
    assert "login is over" in told and "log in again" in told
    assert account.published() == before
