"""Only what differs is written, and the books say what was there already."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from salesetl.engines.engine import Engine
from salesetl.pipelines.orders.contracts import FACT_ORDER_ITEMS, FACT_ORDERS
from salesetl.pipelines.sales.contracts import ENRICHED_SALES, SALES_SUMMARY
from salesetl.rows import read_rows
from salesetl.runs import RunReport
from salesetl.storage import _s3_storage, storage_of
from tests.faults import Proxy
from tests.frames import on_each_engine
from tests.jobs.shop import Shop, order, sale, sums
from tests.jobs.test_s3 import load

SEPTEMBER: dict[str, Any] = {
    "write_mode": "replace",
    "start_date": date(2025, 9, 1),
    "end_date": date(2025, 9, 30),
}
REFUNDED = {"payment": {"method": "paypal", "status": "refunded"}}


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Shop:
    """Open a shop in an empty folder, on the engine of the test."""
    return Shop(engine, tmp_path)


def data_files(shop: Shop) -> dict[str, set[str]]:
    """Return the names of the data files of each partition of each table."""
    found: dict[str, set[str]] = {}
    for path in (shop.home / "lake").rglob("*.parquet"):
        folder = str(path.parent.relative_to(shop.home / "lake"))
        if "quarantine" not in folder:
            found.setdefault(folder, set()).add(path.name)
    return found


def changed(before: dict[str, set[str]], after: dict[str, set[str]]) -> set[str]:
    """Return the partitions whose files are other ones."""
    return {each for each in before | after if before.get(each) != after.get(each)}


def unchanged(report: RunReport) -> tuple[int, int, int]:
    """Return what a report says of rows that were loaded and were there already."""
    return report.rows_loaded, report.rows_unchanged, report.partitions_unchanged


@on_each_engine
def test_the_same_sales_once_more_write_nothing(shop: Shop) -> None:
    path = shop.deliver("in", [sale(1), sale(2), sale(3, date="2025-08-03")])
    shop.load(path)
    before = data_files(shop)

    for options in ({}, SEPTEMBER):
        report = shop.load(path, **options)

        assert data_files(shop) == before
        assert report.partitions == []
        assert report.rows_unchanged == report.rows_loaded
        assert sums(report, "published") == sums(report, "loaded")
    assert unchanged(report) == (2, 2, 1)


@on_each_engine
def test_the_same_orders_once_more_write_nothing(shop: Shop) -> None:
    path = shop.deliver_orders("in", [order(1), order(2, currency="EUR")])
    shop.load_orders(path)
    before = data_files(shop)

    report = shop.load_orders(path)

    assert data_files(shop) == before
    assert unchanged(report) == (2, 2, 1)
    assert sums(report, "published") == sums(report, "loaded")


@on_each_engine
def test_a_month_without_a_difference_keeps_its_files(shop: Shop) -> None:
    first = [sale(1), sale(2), sale(3, date="2025-08-03"), sale(4, date="2025-07-03")]
    shop.load(shop.deliver("in", first))
    before = data_files(shop)
    first[0]["region"] = "South"

    report = shop.load(shop.deliver("in", [*first, sale(5, date="2025-10-01")]))

    months = ("year=2025/month=9", "year=2025/month=10")
    assert changed(before, data_files(shop)) == {
        f"sales/{table}/{month}"
        for table in ("enriched_sales", "sales_summary")
        for month in months
    }
    assert unchanged(report) == (5, 2, 2)
    assert [each["rows"] for each in report.partitions] == [2, 1]
    assert sums(report, "loaded") == sums(report, "published") == "105.00"
    assert len(shop.ids()) == 5


@pytest.mark.parametrize(
    ("other", "months"),
    [
        # It leaves one month for another.
        ([sale(1, date="2025-10-01"), sale(2)], {9, 10}),
        # A value becomes null, or is null no more.
        ([sale(1, product=""), sale(2)], {9}),
        ([sale(1), sale(2, customer_id="")], {9}),
        ([sale(1), sale(2), sale(6)], {9}),
        # What is not delivered again stays.
        ([sale(1)], set()),
        ([sale(1, unit_price="10.5000", quantity="2.0"), sale(2)], set()),
    ],
)
def test_what_differs_is_written(
    shop: Shop, other: list[dict[str, str]], months: set[int]
) -> None:
    shop.load(shop.deliver("in", [sale(1), sale(2)]))
    before = data_files(shop)

    shop.load(shop.deliver("in", other))

    found = {
        each for each in changed(before, data_files(shop)) if "summary" not in each
    }
    assert found == {
        f"sales/enriched_sales/year=2025/month={month}" for month in months
    }
    expected = Shop(shop.engine, shop.home / "whole")
    expected.home.mkdir()
    kept = [] if len(other) > 1 else [sale(2)]
    expected.load(expected.deliver("in", [*other, *kept]))
    assert shop.tables() == expected.tables()


def test_a_replacement_takes_away_what_is_not_delivered_again(shop: Shop) -> None:
    shop.load(shop.deliver("in", [sale(1), sale(2), sale(3, date="2025-08-03")]))

    report = shop.load(shop.deliver("in", [sale(1)]), **SEPTEMBER)

    assert shop.ids() == ["T1", "T3"]
    assert unchanged(report) == (1, 0, 0)


def test_a_newer_delivery_of_the_same_sale_is_remembered(shop: Shop) -> None:
    shop.load(shop.deliver("day_1", [sale(1, region="West")]))
    shop.load(shop.deliver("day_3", [sale(1, region="West")]))

    # It is older than what day_3 has said.
    shop.load(shop.deliver("day_2", [sale(1, region="South")]))

    assert [row["region"] for row in shop.rows(ENRICHED_SALES)] == ["West"]


@on_each_engine
def test_a_summary_that_does_not_change_is_not_written(shop: Shop) -> None:
    shop.load(shop.deliver("in", [sale(1), sale(2)]))
    before, summary = data_files(shop), shop.rows(SALES_SUMMARY)

    shop.load(shop.deliver("in", [sale(1, date="2025-09-05"), sale(2)]))

    assert changed(before, data_files(shop)) == {
        "sales/enriched_sales/year=2025/month=9"
    }
    assert shop.rows(SALES_SUMMARY) == summary


@on_each_engine
def test_an_order_and_its_lines_are_written_together(shop: Shop) -> None:
    shop.load_orders(shop.deliver_orders("in", [order(1), order(2)]))
    before = data_files(shop)

    report = shop.load_orders(
        shop.deliver_orders("in", [order(1, **REFUNDED), order(2)])
    )

    month = "order_year=2025/order_month=01"
    assert changed(before, data_files(shop)) == {
        f"orders/{table}/{month}" for table in ("fact_orders", "fact_order_items")
    }
    assert unchanged(report) == (2, 0, 0)


def test_a_line_that_an_order_has_no_more_is_a_difference(shop: Shop) -> None:
    shop.load_orders(shop.deliver_orders("in", [order(1), order(2)]))
    fewer = {"items": order(1)["items"][:1], "order_total": 21}

    shop.load_orders(shop.deliver_orders("in", [order(1, **fewer), order(2)]))

    root = str(shop.home / "lake")
    lines = read_rows(
        storage_of(root), f"{root}/{FACT_ORDER_ITEMS.folder}", FACT_ORDER_ITEMS
    )
    assert [row["order_id"] for row in lines].count("O1") == 1
    assert len(shop.rows(FACT_ORDERS)) == 2


def test_the_same_input_makes_no_request_that_writes_a_table(
    engine: Engine, shop: Shop, s3_root: str, s3_proxy: Proxy
) -> None:
    sales = [sale(1), sale(2), sale(3, date="2025-08-03")]
    for file in (shop.deliver("in", sales) / "sales.csv", shop.customers()):
        target = f"{s3_root}/raw/{file.relative_to(shop.home)}"
        storage_of(target).write(target, file.read_bytes())
    for _ in range(2):
        _s3_storage.cache_clear()
        s3_proxy.requests.clear()
        load(engine, f"{s3_root}/raw", f"{s3_root}/lake", "in")

    writing = [each for each in s3_proxy.requests if not each.startswith("GET ")]
    assert writing
    assert [each for each in writing if ".parquet" in each] == []
