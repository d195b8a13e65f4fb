"""A fresh shop for every test."""

from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from tests.jobs.shop import Shop


@pytest.fixture
def shop(spark: SparkSession, tmp_path: Path) -> Shop:
    """Open a shop in an empty folder."""
    return Shop(spark, tmp_path)
