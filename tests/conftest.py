"""One engine of each kind and one server of S3 for all tests, and the order in which they run."""

import gc
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from hypothesis import HealthCheck, settings
from moto.server import ThreadedMotoServer
from pyspark.sql import SparkSession

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.engine import Engine
from salesetl.engines.functions import functions_of
from salesetl.engines.spark import SparkEngine
from salesetl.java import find_java_home
from salesetl.session import local_session
from tests import emulator, environments
from tests.faults import Proxy, proxy_before
from tests.lakes import Lakes

ROOT = Path(__file__).parents[1]

# Whole processes that tests start must find the Java that the session finds.
os.environ["JAVA_HOME"] = find_java_home()

settings.register_profile(
    "salesetl",
    deadline=None,
    derandomize=True,
    max_examples=10,
    # An engine is the same for all examples.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
settings.load_profile("salesetl")


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """Start Spark as a small job does."""
    session = local_session("tests", input_bytes=0)
    yield session
    session.stop()


@pytest.fixture(scope="session")
def duckdb() -> Iterator[DuckDbEngine]:
    """Open DuckDB in this process."""
    engine = DuckDbEngine()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def lakes(duckdb: DuckDbEngine, tmp_path_factory: pytest.TempPathFactory) -> Lakes:
    """Keep lakes that several tests begin with."""
    return Lakes(duckdb, tmp_path_factory.mktemp("lakes"))


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Take the embedded engine, or, in a test marked `on_each_engine`, each in turn.

    What holds on every engine is tested on the embedded one, case by case. That Spark does the same
    is what the parity tests say, with all kinds of rows in one run.
    """
    name = getattr(request, "param", "duckdb")
    opened = request.getfixturevalue(name)
    chosen = opened if name == "duckdb" else SparkEngine(opened)
    with functions_of(chosen.functions):
        yield chosen


@pytest.fixture
def spark_engine(spark: SparkSession) -> Iterator[Engine]:
    """Take Spark alone."""
    engine = SparkEngine(spark)
    with functions_of(engine.functions):
        yield engine


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """Start the server; its address."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_root(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Point the environment at the server and make a bucket; its path."""
    for name in (
        "AWS_PROFILE",
        "AWS_REGION",
        "AWS_SESSION_TOKEN",
        "AWS_ENDPOINT_URL_S3",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    bucket = f"lake-{uuid.uuid4().hex}"
    boto3.client("s3").create_bucket(Bucket=bucket)
    return f"s3://{bucket}"


@pytest.fixture
def s3_proxy(
    s3_root: str, s3_server: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Proxy]:
    """Put a proxy that can fail before the server of S3."""
    with proxy_before(s3_server) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.address)
        yield proxy


@pytest.fixture(scope="session")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start MiniStack; its address."""
    with emulator.started(tmp_path_factory.mktemp("ministack")) as address:
        yield address


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what is in version control, with this environment as its `.venv`."""
    folder = tmp_path_factory.mktemp("clone") / "salesetl"
    names = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
    for name in filter(None, names.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name, follow_symlinks=False)
    # What was built before, to be tested as it is.
    if built := os.environ.get("SALESETL_DIST"):
        shutil.copytree(built, folder / "dist", copy_function=shutil.copy)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run tests without an engine first, then by engine, then those that start processes.

    What a second Spark is to run again is marked, if it is not marked by hand.
    """
    for item in items:
        if _uses_spark(item) or environments.depends_on_versions(item):
            item.add_marker("both_sparks")
    items.sort(key=_cost)


def pytest_collection_finish() -> None:
    """Leave what stays for good out of every search for garbage, a fifth of the time otherwise.

    Full searches, of which every run would make three, are made a tenth as often.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, 100)


def _cost(item: pytest.Item) -> int:
    if item.get_closest_marker("slow"):
        return 3
    if _uses_spark(item):
        return 2
    return int("duckdb" in getattr(item, "fixturenames", ()))


def _uses_spark(item: pytest.Item) -> bool:
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    names = getattr(item, "fixturenames", ())
    return "spark" in names or "spark" in parameters.get("engine", ())


@pytest.fixture(params=["driver", "tasks", "spark"])
def spark_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Spark have DuckDB in its tasks and its driver, in its tasks alone, and then not at all."""
    if request.param == "tasks":
        monkeypatch.setattr("salesetl.engines.spark_driver.EMBEDDED_INPUT_BYTES", -1)
    elif request.param == "spark":
        monkeypatch.setattr("salesetl.engines.spark.has_duckdb", lambda spark: False)
