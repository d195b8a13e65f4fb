"""One Spark session for all tests, and the order in which they run."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from pyspark.sql import SparkSession

from salesetl.java import find_java_home
from salesetl.session import local_session

# Whole processes that tests start must find the Java that the session finds.
os.environ["JAVA_HOME"] = find_java_home()

settings.register_profile("salesetl", deadline=None, derandomize=True, max_examples=15)
settings.load_profile("salesetl")


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """Start Spark as a small job does."""
    session = local_session("tests", input_bytes=0)
    yield session
    session.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run tests without Spark first, then those with it, then those that start processes."""

    def cost(item: pytest.Item) -> int:
        if item.get_closest_marker("slow"):
            return 2
        return int("spark" in getattr(item, "fixturenames", ()))

    items.sort(key=cost)
