"""A fresh shop for every test, and both engines side by side."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from salesetl.engines.duckdb import DuckDbEngine
from tests.jobs.parity import Engines
from tests.jobs.shop import Shop


@pytest.fixture
def shop(duckdb: DuckDbEngine, tmp_path: Path) -> Shop:
    """Open a shop in an empty folder."""
    return Shop(duckdb, tmp_path)


@pytest.fixture
def engines(duckdb: DuckDbEngine, spark: SparkSession, tmp_path: Path) -> Engines:
    """Open both engines on one empty folder."""
    return Engines(duckdb, spark, tmp_path)
