"""Files of a month that only gets rows stay as they are, unless they are small."""

import json
from datetime import date
from pathlib import Path

import pytest

from salesetl.engines.engine import Engine
from salesetl.pipelines.orders.contracts import FACT_ORDER_ITEMS, FACT_ORDERS
from salesetl.pipelines.sales.contracts import ENRICHED_SALES, SALES_SUMMARY
from tests.frames import on_each_engine
from tests.jobs.shop import Shop, order, sale, sums

MONTH = "year=2025/month=9"


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Shop:
    """Open a shop in an empty folder, on the engine of the test."""
    return Shop(engine, tmp_path)


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every file count as large."""
    monkeypatch.setattr("salesetl.destinations.staying_files.LEAST_STAYING_BYTES", 0)


def files(shop: Shop, table: str = "sales/enriched_sales") -> set[str]:
    """Return the data files of a table."""
    found = (shop.home / "lake" / table).rglob("*.parquet")
    return {str(path.relative_to(shop.home)) for path in found}


@on_each_engine
@pytest.mark.usefixtures("large")
def test_new_sales_are_written_beside_those_of_their_month(shop: Shop) -> None:
    shop.load(shop.deliver("one", [sale(1), sale(2)]))
    before = files(shop)

    report = shop.load(shop.deliver("two", [sale(3, currency="EUR")]))

    assert before < files(shop)
    assert len(files(shop)) == 2
    assert shop.ids() == ["T1", "T2", "T3"]
    [measured] = report.partitions
    assert (measured["rows"], measured["files"]) == (3, 2)
    assert sums(report, "kept") == {"": "42.00"}
    assert sums(report, "published") == {"": "42.00", "EUR": "21.00"}
    # The summary of the month is of the rows in both files.
    by_currency = {row["currency"]: row for row in shop.rows(SALES_SUMMARY)}
    assert by_currency[None]["transaction_count"] == 2
    assert by_currency["EUR"]["transaction_count"] == 1


@on_each_engine
@pytest.mark.usefixtures("large")
def test_a_month_in_which_a_sale_is_replaced_is_written_as_a_whole(shop: Shop) -> None:
    for number in (1, 2):
        shop.load(shop.deliver(f"{number}", [sale(number)]))
    assert len(files(shop)) == 2
    october = sale(4, date="2025-10-01")
    shop.load(shop.deliver("october", [october]))

    later = [sale(1, region="South"), sale(3), sale(5, date="2025-10-02")]
    shop.load(shop.deliver("later", later))

    assert len(files(shop, f"sales/enriched_sales/{MONTH}")) == 1
    assert len(files(shop)) == 3
    regions = {
        row["transaction_id"]: row["region"] for row in shop.rows(ENRICHED_SALES)
    }
    assert regions == dict.fromkeys(["T2", "T3", "T4", "T5"], "North") | {"T1": "South"}


@pytest.mark.usefixtures("large")
def test_a_month_with_buyers_that_have_become_known_is_written_as_a_whole(
    shop: Shop,
) -> None:
    path = shop.home / "customers.json"
    for known in ("C9", "C1"):
        customer = {"customer_id": known, "membership_tier": "Gold"}
        path.write_text(json.dumps(customer))
        number = 1 if known == "C9" else 2
        shop.load(shop.deliver(known, [sale(number, customer_id="C1")]), path)

    assert len(files(shop)) == 1
    assert {row["membership_tier"] for row in shop.rows(ENRICHED_SALES)} == {"Gold"}


@pytest.mark.usefixtures("large")
def test_orders_and_their_lines_are_written_beside_those_of_their_month(
    shop: Shop,
) -> None:
    for number in (1, 2, 3):
        shop.load_orders(shop.deliver_orders(f"{number}", [order(number)]))

    assert len(files(shop, "orders/fact_orders")) == 3
    assert len(files(shop, "orders/fact_order_items")) == 3
    assert len(shop.rows(FACT_ORDERS)) == 3
    assert len(shop.rows(FACT_ORDER_ITEMS)) == 6


@pytest.mark.usefixtures("large")
def test_a_replacement_leaves_the_files_of_a_month_that_only_gets_rows(
    shop: Shop,
) -> None:
    shop.load(shop.deliver("one", [sale(1), sale(2)]))
    before = files(shop)

    shop.load(
        shop.deliver("two", [sale(20), sale(21)]),
        write_mode="replace",
        start_date=date(2025, 9, 20),
        end_date=date(2025, 9, 21),
    )

    assert before < files(shop)
    assert shop.ids() == ["T1", "T2", "T20", "T21"]


def test_a_small_file_is_written_again_with_the_new_rows(shop: Shop) -> None:
    for number in (1, 2, 3):
        shop.load(shop.deliver(f"{number}", [sale(number)]))

    assert len(files(shop)) == 1
    assert shop.ids() == ["T1", "T2", "T3"]
