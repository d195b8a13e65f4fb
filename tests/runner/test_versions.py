"""The newest version of a row wins, in one run and across runs, in whatever order files come."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from salesetl.engines.engine import Engine
from salesetl.model.versions import FolderVersion
from salesetl.pipelines.orders.contracts import FACT_ORDERS
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.quarantine import read_rejected, write_records
from salesetl.rows import read_rows
from salesetl.runner.runner import run
from salesetl.storage import storage_of
from tests.frames import ITEM, on_each_engine
from tests.jobs.shop import Shop, order, sale

SMALL = {"items": [ITEM], "order_total": 21}


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Shop:
    """Open a shop in an empty folder, on the engine of the test."""
    return Shop(engine, tmp_path)


def lineage(shop: Shop, lake: str = "lake") -> dict[str, str]:
    """Return, by sale, the name of the folder and the file that it came from."""
    root = str(shop.home / lake / ENRICHED_SALES.folder)
    rows = read_rows(storage_of(root), root, ENRICHED_SALES)
    return {
        row["transaction_id"]: str(Path(row["source_file"]).relative_to(shop.home))
        for row in rows
    }


def test_an_old_delivery_that_comes_late_changes_nothing_that_is_newer(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    newer = shop.deliver("day_10", [sale(1, quantity="1", total_amount="10.50")])
    older = shop.deliver("day_9", [sale(1), sale(2)])
    shop.load(newer)

    report = shop.load(older)

    assert lineage(shop) == {"T1": "day_10/sales.csv", "T2": "day_9/sales.csv"}
    assert (report.rows_read, report.rows_loaded) == (2, 1)
    assert (report.duplicates_removed, report.rows_superseded) == (1, 1)
    assert f"for example from {newer}/sales.csv" in caplog.text


def test_a_file_that_was_corrected_is_loaded_again(shop: Shop) -> None:
    shop.load(shop.deliver("day", [sale(1)]))

    report = shop.load(shop.deliver("day", [sale(1, region="South")]))

    assert (report.rows_loaded, report.rows_superseded) == (1, 0)
    assert [row["region"] for row in shop.rows(ENRICHED_SALES)] == ["South"]


def test_an_old_order_that_comes_late_brings_no_line(shop: Shop) -> None:
    newer = shop.deliver_orders("day_10", [order(1, **SMALL)])
    older = shop.deliver_orders("day_9", [order(1), order(2)])
    shop.load_orders(newer)

    report = shop.load_orders(older)

    assert (report.rows_loaded, report.rows_superseded) == (1, 1)
    _, lines = shop.order_tables()
    assert [line["order_id"] for line in lines] == ["O1", "O2", "O2"]


def test_replacing_days_takes_the_delivery_for_the_whole_truth(shop: Shop) -> None:
    shop.load(shop.deliver("day_10", [sale(1, region="South")]))
    september: dict[str, Any] = {
        "write_mode": "replace",
        "start_date": date(2025, 9, 1),
        "end_date": date(2025, 9, 1),
    }

    report = shop.load(shop.deliver("day_9", [sale(1)]), **september)

    assert report.rows_superseded == 0
    assert lineage(shop) == {"T1": "day_9/sales.csv"}


# Versions of some sales: sound, rejected, in conflict within a file, and sound again.
FILES = {
    "day_8": [sale(1), sale(2), sale(3)],
    "day_9": [sale(1, region="South"), sale(2, quantity="x"), sale(4)],
    "day_10": [sale(1, quantity="x"), sale(3, region="East"), sale(3, region="West")],
}


def test_any_order_of_runs_gives_what_one_run_of_everything_gives(
    duckdb: Engine, tmp_path: Path
) -> None:
    shop = Shop(duckdb, tmp_path)
    for name, sales in FILES.items():
        shop.deliver(f"in/{name}", sales)
    shop.load(tmp_path / "in", lake="whole")
    expected = (shop.tables("whole"), lineage(shop, "whole"))

    # Each file is the first, the second and the last once.
    files = [*reversed(FILES)]
    for number in range(len(files)):
        names = files[number:] + files[:number]
        for name in names:
            shop.load(tmp_path / "in" / name, lake=f"{number}", allow_empty=True)
        assert (shop.tables(f"{number}"), lineage(shop, f"{number}")) == expected

    assert lineage(shop, "whole") == {
        "T1": "in/day_9/sales.csv",
        "T2": "in/day_8/sales.csv",
        "T3": "in/day_8/sales.csv",
        "T4": "in/day_9/sales.csv",
    }


def test_published_orders_tell_the_file_they_came_from(shop: Shop) -> None:
    path = shop.deliver_orders("in", [order(1)])
    shop.load_orders(path)

    root = str(shop.home / "lake" / FACT_ORDERS.folder)
    [row] = read_rows(storage_of(root), root, FACT_ORDERS)
    assert row["source_file"] == f"{path}/orders.json"


def test_a_file_is_the_same_version_by_whatever_scheme_it_is_read(
    duckdb: Engine, tmp_path: Path, s3_root: str
) -> None:
    shop = Shop(duckdb, tmp_path)
    customers = shop.customers()
    reports = []
    for scheme, region in (("s3a", "North"), ("s3", "South")):
        local = shop.deliver("day", [sale(1, region=region)]) / "sales.csv"
        storage_of(s3_root).write(f"{s3_root}/raw/day.csv", local.read_bytes())
        raw = f"{scheme}{s3_root.removeprefix('s3')}/raw"
        reports.append(shop.load(raw, customers))

    assert [report.rows_loaded for report in reports] == [1, 1]
    assert [row["region"] for row in shop.rows(ENRICHED_SALES)] == ["South"]


@on_each_engine
def test_a_replayed_row_is_as_old_as_its_first_delivery(shop: Shop) -> None:
    shop.load(shop.deliver("day_9", [sale(1, quantity="x"), sale(2)]), run_id="first")
    shop.load(shop.deliver("day_10", [sale(1, region="South")]))
    root, fixes = str(shop.home / "lake"), shop.home / "fixes"
    rejected = read_rejected(storage_of(root), root, SALES, "first")
    [records] = write_records(rejected, str(fixes))
    Path(records).write_text(Path(records).read_text().replace("x,10.50", "2,10.50"))

    report = shop.load(fixes, replay_of="first")

    assert (report.rows_read, report.rows_superseded) == (1, 1)
    assert lineage(shop) == {"T1": "day_10/sales.csv", "T2": "day_9/sales.csv"}


@on_each_engine
def test_a_replayed_order_comes_from_the_file_of_its_first_delivery(
    shop: Shop,
) -> None:
    path = shop.deliver_orders("day_9", [order(1, currency="ZZZ"), order(2)])
    shop.load_orders(path, run_id="first")
    root, fixes = str(shop.home / "lake"), shop.home / "fixes"
    [records] = write_records(
        read_rejected(storage_of(root), root, ORDERS, "first"), str(fixes)
    )
    Path(records).write_text(Path(records).read_text().replace("ZZZ", "EUR"))

    report = shop.load_orders(fixes, replay_of="first")

    assert (report.rows_read, report.rows_loaded) == (1, 1)
    table = f"{root}/{FACT_ORDERS.folder}"
    rows = read_rows(storage_of(table), table, FACT_ORDERS)
    assert {row["source_file"] for row in rows} == {f"{path}/orders.json"}


@on_each_engine
def test_the_folder_of_a_delivery_tells_its_version(
    engine: Engine, tmp_path: Path
) -> None:
    by_folder = replace(
        SALES,
        sources=(
            replace(SALES.main, version=FolderVersion("delivered")),
            *SALES.sources[1:],
        ),
    )
    shop = Shop(engine, tmp_path)
    customers = str(shop.customers())

    for name in ("a/delivered=2025-10-02", "b/delivered=2025-9-30", "c"):
        path = shop.deliver(name, [sale(1, region=name)])
        report = run(
            by_folder,
            engine,
            sales_path=str(path),
            customers_path=customers,
            output_path=f"{tmp_path}/lake",
        )

    assert report.rows_superseded == 1
    assert lineage(shop) == {"T1": "a/delivered=2025-10-02/sales.csv"}
