"""Runs of `retail_etl` to their end: any order of days, a failed day between, S3 and a crawler."""

from datetime import date
from pathlib import Path
from typing import Any

import boto3
import duckdb
import pytest

from generators.__main__ import main as generate
from tests.dags.airflow_home import Airflow, needs_airflow

pytestmark = [needs_airflow, pytest.mark.dags]

ONE, TWO = date(2025, 1, 1), date(2025, 1, 2)


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generate two deliveries."""
    path = tmp_path_factory.mktemp("raw")
    words = "retail --customers 30 --products 10 --orders 60 --days 2"
    generate([*words.split(), "--output_path", str(path)])
    return path


def places(home: Path, raw: Path | str) -> dict[str, str]:
    """Return the settings of a lake and a warehouse below a folder."""
    return {
        "raw": str(raw),
        "lake": str(home / "lake"),
        "warehouse": f"duckdb://{home}/warehouse.duckdb",
    }


def star(home: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of all tables that are served."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as opened:
        names = opened.execute(
            "select table_name from information_schema.tables where table_schema = 'retail'"
        ).fetchall()
        return {
            name: opened.execute(f"select * from retail.{name} order by all").fetchall()
            for (name,) in names
        }


def test_days_in_any_order_and_twice_with_a_failed_one_between_make_the_same_star(
    airflow: Airflow, raw: Path, tmp_path: Path
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for day in (ONE, TWO):
        assert airflow.run("retail_etl", day, **places(one, raw))[0]

    orders = raw / f"retail/delivered={ONE}/orders.csv"
    orders.rename(tmp_path / "aside.csv")
    has_succeeded, log = airflow.run("retail_etl", ONE, **places(other, raw))
    assert not has_succeeded and "orders*: there are no files" in log
    for day in (TWO, TWO):
        assert airflow.run("retail_etl", day, **places(other, raw))[0]
    assert star(one) != star(other)
    (tmp_path / "aside.csv").rename(orders)
    assert airflow.run("retail_etl", ONE, **places(other, raw))[0]

    assert star(one) == star(other)
    assert len(star(one)["fact_order_lines"]) > 40


def test_a_crawl_that_fails_fails_the_run(
    airflow: Airflow, raw: Path, tmp_path: Path, s3_root: str
) -> None:
    s3, glue = boto3.client("s3"), boto3.client("glue")
    bucket = s3_root.removeprefix("s3://")
    for path in raw.rglob("*.csv"):
        s3.upload_file(str(path), bucket, f"raw/{path.relative_to(raw)}")
    settings = places(tmp_path, f"{s3_root}/raw") | {"engine": "duckdb"}
    glue.create_crawler(Name="found", Role="role", DatabaseName="shop", Targets={})

    has_succeeded, log = airflow.run("retail_etl", ONE, **settings, crawler="none")
    assert not has_succeeded and "crawler none: there is none" in log
    assert not (tmp_path / "warehouse.duckdb").exists()

    has_succeeded, log = airflow.run("retail_etl", ONE, **settings, crawler="found")
    assert has_succeeded, log
    assert len(star(tmp_path)["fact_order_lines"]) > 10
