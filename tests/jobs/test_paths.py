"""A job does not read what it writes, whichever way the two paths are written."""

from pathlib import Path

import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.errors import ArgumentError
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.runner.paths import check_apart
from salesetl.storage import storage_of
from tests.jobs.shop import Shop, order, sale


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out deliveries beside a lake, with links between them, and go there."""
    for name in (
        "data/raw/sales.csv",
        "data/all.csv",
        "data/lake/sales/enriched_sales/year=2025/month=9/part.parquet",
        "data/lake/sales/_replays/r1/records/records-00001.csv",
        "data/lake/sales/_runs/r1.json",
        "data/lake/fixed/sales.csv",
        "other/sales.csv",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "data")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked/to_lake").symlink_to(tmp_path / "data/lake")
    (tmp_path / "linked_file").mkdir()
    part = tmp_path / "data/lake/sales/enriched_sales/year=2025/month=9/part.parquet"
    (tmp_path / "linked_file/sales.csv").symlink_to(part)
    (tmp_path / "linked_out").mkdir()
    (tmp_path / "linked_out/to_other").symlink_to(tmp_path / "other")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(sales_path: str, output_path: str) -> None:
    """Check two paths."""
    arguments = {"sales_path": sales_path, "output_path": output_path}
    check_apart(arguments, output_path, [ENRICHED_SALES])


@pytest.mark.parametrize(
    ("sales_path", "output_path"),
    [
        ("data", "data/new"),
        ("data", "data"),
        ("data/", "./data/lake/../new/deep"),
        ("link", "data/new"),
        ("data", "link/new"),
        ("data/*", "data/new"),
        ("d?ta/*", "link/new"),
        ("linked_out", "other/new"),
        ("data/all.csv", "data/all.csv"),
    ],
)
def test_a_lake_inside_its_input_is_refused(
    data: Path, sales_path: str, output_path: str
) -> None:
    with pytest.raises(ArgumentError) as refusal:
        check(sales_path, output_path)

    told = f"--output_path {output_path}: is inside --sales_path {sales_path}, so the"
    assert str(refusal.value).startswith(told)


@pytest.mark.parametrize(
    ("sales_path", "output_path"),
    [
        ("data/lake/sales/enriched_sales", "data/lake"),
        ("data/lake/sales/enriched_sales/year=2025", "link/lake"),
        ("link/lake/sales/_runs", "data/lake"),
        ("linked", "data/lake"),
        ("linked_file/sales.csv", "data/lake"),
        ("data/*/sales/enriched_sales", "data/lake"),
        ("data/lake/*", "data/lake"),
        ("data/lake/sales/_staging/x", "data/lake"),
    ],
)
def test_an_input_inside_what_the_job_writes_is_refused(
    data: Path, sales_path: str, output_path: str
) -> None:
    with pytest.raises(ArgumentError) as refusal:
        check(sales_path, output_path)

    told = (
        f"--sales_path {sales_path}: has files that the job writes below --output_path"
    )
    assert str(refusal.value).startswith(told)


@pytest.mark.parametrize(
    ("sales_path", "output_path"),
    [
        ("data/raw", "data"),
        ("data/raw", "data/lake"),
        ("data/raw", "data/raw2"),
        ("data/all.csv", "data/lake"),
        ("data/*.csv", "data/lake"),
        ("data/*/sales.csv", "data"),
        ("data/raw/*", "data/lake"),
        ("data/lake/sales/_replays/r1/records", "data/lake"),
        ("data/lake/fixed", "data/lake"),
        ("linked_out", "data/lake"),
        ("gone", "data/lake"),
        ("s3://data/lake/x", "data/lake"),
    ],
)
def test_paths_that_lie_apart_are_fine(
    data: Path, sales_path: str, output_path: str
) -> None:
    check(sales_path, output_path)


@pytest.mark.parametrize(
    ("sales_path", "output_path", "is_fine"),
    [
        ("s3://b/raw", "s3://b/raw/lake", False),
        ("s3a://b/raw/", "s3://b/raw", False),
        ("s3://b", "s3://b/lake", False),
        ("s3://b/lake/sales/enriched_sales", "s3://b/lake/", False),
        ("s3://b/raw", "s3://b/raw2", True),
        ("s3://b/raw", "s3://c/raw", True),
        ("s3://b/lake/sales/_replays/r1", "s3://b/lake", True),
    ],
)
def test_on_s3_it_is_alike(sales_path: str, output_path: str, is_fine: bool) -> None:
    if is_fine:
        check(sales_path, output_path)
        return
    with pytest.raises(ArgumentError):
        check(sales_path, output_path)


def test_a_glob_on_s3_is_held_to_what_it_finds(s3_root: str) -> None:
    for name in ("in/1.csv", "lake/sales/enriched_sales/year=2025/part.parquet"):
        storage_of(s3_root).write(f"{s3_root}/{name}", b"x")

    check(f"{s3_root}/in/*", f"{s3_root}/lake")
    with pytest.raises(ArgumentError, match="has files that the job writes"):
        check(f"{s3_root}/*/sales/enriched_sales", f"{s3_root}/lake")


def test_every_job_refuses_before_it_writes_anything(
    duckdb: DuckDbEngine, tmp_path: Path
) -> None:
    shop = Shop(duckdb, tmp_path)
    sales = shop.deliver("sales", [sale(1)])
    orders = shop.deliver_orders("orders", [order(1)])

    with pytest.raises(ArgumentError, match="is inside --sales_path"):
        shop.load(sales, lake="sales/lake")
    with pytest.raises(ArgumentError, match="is inside --customers_path"):
        shop.load(sales, orders, lake="orders/lake")
    with pytest.raises(ArgumentError, match="is inside --orders_path"):
        shop.load_orders(orders, lake="orders")

    assert [path.name for path in sales.iterdir()] == ["sales.csv"]
    assert [path.name for path in orders.iterdir()] == ["orders.json"]
