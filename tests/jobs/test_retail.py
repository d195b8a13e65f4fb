"""Deliveries of a retailer: staged once, in any order, with nothing lost."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from salesetl.cli import main
from salesetl.display import report_text
from salesetl.engines.engine import Engine
from salesetl.errors import ArgumentError, InputError
from salesetl.model.options import InputPath
from salesetl.pipelines.retail.contracts import (
    CUSTOMERS,
    ORDER_LINES,
    PRODUCTS,
    REJECTED_CUSTOMERS,
)
from tests.frames import on_each_engine
from tests.jobs.retailer import Retailer, customer, line, product

FIRST, SECOND = "2025-01-01", "2025-01-02"


@pytest.fixture
def retailer(engine: Engine, tmp_path: Path) -> Retailer:
    """Open a retailer without deliveries."""
    return Retailer(engine, tmp_path)


@on_each_engine
def test_a_delivery_is_staged_with_the_day_of_its_folder(retailer: Retailer) -> None:
    retailer.deliver(FIRST, [customer(1), customer(2)], [product(1)], [line(1)])
    retailer.deliver(SECOND, [customer(1)], [product(1, price="11.00")], [line(2)])

    report = retailer.load()

    assert (report.rows_loaded, report.files_read) == (2, 6)
    assert [
        (row["customer_id"], row["delivered_on"]) for row in retailer.rows(CUSTOMERS)
    ] == [
        ("C1", date(2025, 1, 1)),
        ("C1", date(2025, 1, 2)),
        ("C2", date(2025, 1, 1)),
    ]
    assert [row["price"] for row in retailer.rows(PRODUCTS)] == [
        Decimal("10.5000"),
        Decimal("11.0000"),
    ]


@on_each_engine
def test_lines_are_numbered_in_their_order_and_the_last_delivery_replaces_it_whole(
    retailer: Retailer,
) -> None:
    twice = [line(1), line(2, product_id="P2"), line(1), line(1, product_id="P3")]
    retailer.deliver(FIRST, [customer(1)], [product(1)], twice)
    retailer.load()
    assert [
        (row["order_id"], row["line_number"], row["product_id"])
        for row in retailer.rows(ORDER_LINES)
    ] == [("O1", 1, "P1"), ("O1", 2, "P1"), ("O1", 3, "P3"), ("O2", 1, "P2")]

    retailer.deliver(SECOND, [customer(1)], [product(1)], [line(1, product_id="P9")])
    report = retailer.load()

    assert report.amounts["total_amount"][""]["published"] == "42.00"
    assert [row["product_id"] for row in retailer.rows(ORDER_LINES)] == ["P9", "P2"]


def test_an_older_delivery_that_comes_late_does_not_bring_lines_back(
    retailer: Retailer,
) -> None:
    retailer.deliver(SECOND, [customer(1)], [product(1)], [line(1, product_id="P9")])
    retailer.load(input_mode="new")
    retailer.deliver(FIRST, [customer(1)], [product(1)], [line(1), line(1)])

    report = retailer.load(input_mode="new")

    assert report.duplicates_removed == 2
    assert [row["product_id"] for row in retailer.rows(ORDER_LINES)] == ["P9"]
    assert len(retailer.rows(CUSTOMERS)) == 2


def test_one_wrong_line_rejects_its_order_and_a_replay_loads_it_whole(
    retailer: Retailer,
) -> None:
    wrong = line(1, total_amount="21.01")
    retailer.deliver(FIRST, [customer(1)], [product(1)], [line(1), wrong, line(2)])

    report = retailer.load(run_id="first")

    assert report.rows_by_reason == {
        "total_amount_is_quantity_times_price": 1,
        "rest_of_it_is_accepted": 1,
    }
    assert [row["order_id"] for row in retailer.rows(ORDER_LINES)] == ["O2"]


@on_each_engine
def test_the_largest_return_there_is_stops_nobody(retailer: Retailer) -> None:
    lowest = {"quantity": str(-(2**31)), "total_amount": "-22548578304.00"}
    retailer.deliver(FIRST, [customer(1)], [product(1)], [line(1, **lowest), line(2)])

    assert retailer.load().rows_loaded == 2


def test_a_file_that_is_delivered_again_replaces_its_rows(retailer: Retailer) -> None:
    retailer.deliver(FIRST, [customer(1), customer(2)], [product(1)], [line(1)])
    retailer.deliver(SECOND, [customer(1), customer(2)], [product(1)], [line(2)])
    retailer.load(input_mode="new")

    retailer.deliver(FIRST, [customer(2, email="new@example.org")])
    retailer.load(input_mode="new")

    assert [
        (row["customer_id"], row["email"], row["delivered_on"].day)
        for row in retailer.rows(CUSTOMERS)
    ] == [
        ("C1", "c1@example.org", 2),
        ("C2", "new@example.org", 1),
        ("C2", "c2@example.org", 2),
    ]


def test_a_second_file_of_a_delivery_adds_to_it(retailer: Retailer) -> None:
    retailer.deliver(FIRST, [customer(1)], [product(1)], [line(1)])
    retailer.load(input_mode="new")

    retailer.deliver(FIRST, [customer(2)], suffix="_2")
    retailer.load(input_mode="new")

    assert [row["customer_id"] for row in retailer.rows(CUSTOMERS)] == ["C1", "C2"]


def test_new_customers_are_staged_where_no_order_is_new(retailer: Retailer) -> None:
    retailer.deliver(FIRST, [customer(1)], [product(1)], [line(1)])
    retailer.load(input_mode="new")
    retailer.deliver(SECOND, [customer(1), customer(2)], [product(1)])

    report = retailer.load(input_mode="new")

    assert (report.status, report.files_read) == ("succeeded", 2)
    assert len(retailer.rows(CUSTOMERS)) == 3


def test_a_run_without_a_new_file_changes_nothing(retailer: Retailer) -> None:
    retailer.deliver(FIRST, [customer(1)], [product(1)], [line(1)])
    retailer.load(input_mode="new")

    report = retailer.load(input_mode="new")

    assert (report.status, report.files_read) == ("succeeded", 0)


def test_buyers_are_looked_up_only_where_their_delivery_is_read(
    retailer: Retailer,
) -> None:
    retailer.deliver(FIRST, [customer(1)], [product(1)], [line(1, customer_id="C9")])
    report = retailer.load(input_mode="new")
    assert report.warnings == {"customer_is_known": 1}

    retailer.deliver(SECOND, orders=[line(2, customer_id="C8", product_id="P8")])
    report = retailer.load(input_mode="new")
    assert report.warnings == {}


def test_one_delivery_is_staged_by_its_folder(retailer: Retailer) -> None:
    retailer.deliver(FIRST, [customer(1)], [product(1)], [line(1)])
    folder = retailer.deliver(SECOND, [customer(1)], [product(1)], [line(2)])

    report = retailer.load(retail_path=InputPath(str(folder)))

    assert [row["order_id"] for row in retailer.rows(ORDER_LINES)] == ["O2"]
    assert report.files_read == 3


def test_a_report_names_sources_that_are_not_delivered_and_nothing_else(
    retailer: Retailer,
) -> None:
    folder = retailer.deliver(FIRST, [customer(1)], [product(1)], [line(1)])

    report = retailer.load(
        retail_path=None,
        orders_path=InputPath(str(folder / "orders.csv")),
        products_path=InputPath(str(folder / "products.csv")),
    )

    told = [
        each for each in report_text(report).splitlines() if "not delivered" in each
    ]
    assert [each.split()[0] for each in told] == ["customers"]


def test_files_in_no_delivery_need_the_day(retailer: Retailer, tmp_path: Path) -> None:
    folder = retailer.deliver(FIRST, [customer(1)], [product(1)], [line(1)])
    plain = tmp_path / "export"
    folder.rename(plain)
    paths: dict[str, Any] = {
        f"{name}_path": InputPath(str(plain / f"{name}.csv"))
        for name in ("orders", "customers", "products")
    }
    paths["retail_path"] = None

    with pytest.raises(
        InputError, match=r"orders.csv: is in no folder delivered=….*--delivered_on"
    ):
        retailer.load(**paths)
    retailer.load(**paths, delivered_on=date(2025, 1, 9))

    assert [row["delivered_on"].day for row in retailer.rows(ORDER_LINES)] == [9]


def test_a_folder_that_names_no_date_is_refused(retailer: Retailer) -> None:
    retailer.deliver("2025-02-30", [customer(1)], [product(1)], [line(1)])

    with pytest.raises(InputError, match="delivered=2025-02-30 names no date"):
        retailer.load()


def test_orders_must_be_named(retailer: Retailer) -> None:
    with pytest.raises(ArgumentError, match="--retail_path is required"):
        retailer.load(retail_path=None)


def test_rejected_customers_are_not_written_to_be_replayed(
    retailer: Retailer, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = customer(2, registration_date="x")
    retailer.deliver(FIRST, [customer(1), wrong], [product(1)], [line(1)])
    retailer.load(run_id="first")
    lake, fixes = str(retailer.home / "lake"), retailer.home / "fixes"

    main(["quarantine", "show", "first", f"--output_path={lake}", f"--to={fixes}"])

    told = capsys.readouterr().out.splitlines()[-1]
    assert told.startswith("nothing was written, for only orders are replayed: correct")
    assert not fixes.exists()


@on_each_engine
def test_rejected_customers_are_known_by_their_id_where_it_is_sure(
    retailer: Retailer,
) -> None:
    delivered = [
        customer(1),
        customer(2, registration_date="x"),
        customer(3, customer_id="C\u200b3"),
        customer(4, customer_id=""),
    ]
    retailer.deliver(FIRST, delivered, [product(1)], [line(1)])
    retailer.load(input_mode="new")
    assert [row["customer_id"] for row in retailer.rows(CUSTOMERS)] == ["C1"]
    rejected = [row["customer_id"] for row in retailer.rows(REJECTED_CUSTOMERS)]
    assert sorted(rejected, key=str) == ["C2", None, None]

    retailer.deliver(FIRST, [customer(2)])
    retailer.load(input_mode="new")

    assert retailer.rows(REJECTED_CUSTOMERS) == []
    assert [row["customer_id"] for row in retailer.rows(CUSTOMERS)] == ["C2"]
