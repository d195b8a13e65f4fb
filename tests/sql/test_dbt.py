"""`make dbt` is green on a lake, and its marts are what the views are."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb as database
import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.queries import results
from tests.sql.orders import lake_of, some_orders
from tests.sql.test_order_views import METRICS

ROOT = Path(__file__).parents[2]


def make_dbt(lake: Path | str, marts: Path) -> subprocess.CompletedProcess[str]:
    """Run `make dbt`, which brings its own environment; a reader's shell has no PYTHONPATH."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    return subprocess.run(
        ["make", "dbt", f"LAKE={lake}", f"PYTHON={sys.executable}"],
        cwd=ROOT,
        env=environment | {"SALESETL_MARTS": str(marts)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.xdist_group("dbt")
def test_the_models_pass_their_tests_and_the_marts_are_the_views(
    duckdb: DuckDbEngine, tmp_path: Path
) -> None:
    lake = lake_of(duckdb, tmp_path / "a lake", some_orders(400))

    done = make_dbt(lake, tmp_path / "marts.duckdb")

    assert done.returncode == 0, done.stdout + done.stderr
    marts = database.connect(str(tmp_path / "marts.duckdb"), read_only=True)
    for name, (header, rows) in zip(METRICS, results(lake, METRICS), strict=True):
        mart = marts.sql(f"select * from {name} order by all")
        assert mart.columns == header
        assert mart.fetchall() == rows
    marts.close()


@pytest.mark.slow
@pytest.mark.xdist_group("dbt")
def test_a_damaged_lake_is_not_green(duckdb: DuckDbEngine, tmp_path: Path) -> None:
    lake = Path(lake_of(duckdb, tmp_path, some_orders(40)))
    [lines] = (lake / "orders" / "fact_order_items").glob("*/order_month=03/*.parquet")
    lines.unlink()

    done = make_dbt(lake, tmp_path / "marts.duckdb")

    assert done.returncode != 0
    assert "lines_sum_to_their_order" in done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.xdist_group("dbt")
def test_a_lake_without_orders_is_told_in_one_line(tmp_path: Path) -> None:
    done = make_dbt(tmp_path, tmp_path / "marts.duckdb")

    assert done.returncode != 0
    assert f"dbt: {tmp_path}/orders/fact_orders: there is no table" in done.stderr
