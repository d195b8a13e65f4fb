"""One engine of each kind for all tests, and the order in which they run."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from pyspark.sql import SparkSession

from salesetl.engines.base import Engine
from salesetl.engines.duckdb import DuckDbEngine
from salesetl.engines.functions import functions_of
from salesetl.engines.spark import SparkEngine
from salesetl.java import find_java_home
from salesetl.session import local_session

# Whole processes that tests start must find the Java that the session finds.
os.environ["JAVA_HOME"] = find_java_home()

settings.register_profile(
    "salesetl",
    deadline=None,
    derandomize=True,
    max_examples=15,
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


@pytest.fixture(params=["duckdb", "spark"])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Take each engine in turn."""
    opened = request.getfixturevalue(request.param)
    chosen = opened if request.param == "duckdb" else SparkEngine(opened)
    with functions_of(chosen.functions):
        yield chosen


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run tests without an engine first, then by engine, then those that start processes."""

    def cost(item: pytest.Item) -> int:
        if item.get_closest_marker("slow"):
            return 3
        if "engine" not in getattr(item, "fixturenames", ()):
            return int("spark" in getattr(item, "fixturenames", ())) * 2
        return 1 if "duckdb" in item.name else 2

    items.sort(key=cost)
