"""A fresh shop for every test."""

from pathlib import Path

import pytest

from salesetl.engines.duckdb import DuckDbEngine
from tests.jobs.shop import Shop


@pytest.fixture
def shop(duckdb: DuckDbEngine, tmp_path: Path) -> Shop:
    """Open a shop in an empty folder."""
    return Shop(duckdb, tmp_path)
