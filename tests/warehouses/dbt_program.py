"""Finds dbt, which has an environment of its own."""

import os
from pathlib import Path

import pytest

PROGRAM = Path(
    os.environ.get("SALESETL_DBT") or Path(__file__).parents[2] / ".venv-dbt/bin/dbt"
)

needs_dbt = pytest.mark.skipif(
    not PROGRAM.exists(), reason=f"{PROGRAM} is not there: make .venv-dbt/.ready"
)
