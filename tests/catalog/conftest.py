"""A database of its own for every test."""

import pytest

from tests.data_catalog import Glue


@pytest.fixture
def glue(s3_root: str) -> Glue:
    """Name a database that is not there yet."""
    return Glue()
