"""A query finds every table of a lake, also what was rejected, and says what is not there."""

from collections.abc import Callable
from pathlib import Path

import duckdb as warehouse
import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.errors import InputError
from salesetl.model.quarantine_table import QUARANTINE
from salesetl.model.table import Table
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.queries import is_processed, processed_results, results
from salesetl.registry import asked_tables
from salesetl.statements import Statement, statements
from tests.jobs.shop import Shop, order, sale
from tests.lakes import Lakes

Ship = Callable[[str], str]


@pytest.fixture
def shop(duckdb: DuckDbEngine, tmp_path: Path) -> Shop:
    """Open a shop in an empty folder."""
    return Shop(duckdb, tmp_path)


@pytest.fixture
def ship(monkeypatch: pytest.MonkeyPatch) -> Ship:
    """Ship a query of a table beside the others; its name."""

    def shipped(table: str) -> str:
        query = Statement("asked", f"-- All.\nselect *\nfrom {table}\n", "queries")
        monkeypatch.setitem(statements(), "asked", query)
        return "asked"

    return shipped


def load_every_table(shop: Shop) -> None:
    """Load sales and orders, of each one that is rejected."""
    shop.load(shop.deliver("raw", [sale(1), sale(2, quantity="x")]))
    shop.load_orders(shop.deliver_orders("orders", [order(1), order(2, items=[])]))


@pytest.mark.parametrize(
    "table", asked_tables().values(), ids=lambda table: table.sql_name
)
def test_every_table_of_the_lake_can_be_asked(
    lakes: Lakes, tmp_path: Path, ship: Ship, table: Table
) -> None:
    shop = lakes.copy(load_every_table, tmp_path)

    [(header, rows)] = results(str(shop.home / "lake"), [ship(table.sql_name)])

    assert header == table.columns
    # Both customers are sound.
    assert bool(rows) == (table.sql_name != "quarantine_customers")


def test_a_view_of_what_was_rejected_tells_the_row_its_reasons_and_its_run(
    shop: Shop, ship: Ship
) -> None:
    shop.load(shop.deliver("raw", [sale(1), sale(2, quantity="x")]), run_id="r1")
    shop.load(shop.deliver("raw", [sale(1), sale(3, quantity="x")]), run_id="r2")

    [(header, rows)] = results(str(shop.home / "lake"), [ship("quarantine_sales")])

    told = [dict(zip(header, row, strict=True)) for row in rows]
    assert sorted((row["run_id"], row["reasons"]) for row in told) == [
        ("r1", ["quantity_is_whole_number"]),
        ("r2", ["quantity_is_whole_number"]),
    ]
    assert {row["raw_record"].partition(",")[0] for row in told} == {"T2", "T3"}


def test_without_a_rejected_row_quarantine_has_its_columns_and_no_rows(
    shop: Shop, ship: Ship
) -> None:
    shop.load(shop.deliver("raw", [sale(1)]))

    answer = results(str(shop.home / "lake"), [ship("quarantine_sales")])

    assert answer == [(QUARANTINE.columns, [])]


def test_the_quarantine_of_a_job_that_never_ran_is_not_there(
    shop: Shop, ship: Ship
) -> None:
    shop.load(shop.deliver("raw", [sale(1), sale(2, quantity="x")]))

    with pytest.raises(
        InputError,
        match="orders/quarantine/orders: there is no table; run jobs/flatten_orders",
    ):
        results(str(shop.home / "lake"), [ship("quarantine_orders")])


def test_what_a_warehouse_has_unloaded_is_asked_beside_the_table_of_the_lake(
    shop: Shop,
) -> None:
    load_every_table(shop)
    root = str(shop.home / "lake")
    path = shop.home / "lake/orders/processed/fact_orders/fact_orders.parquet"
    path.parent.mkdir(parents=True)
    warehouse.sql("select 'unloaded' as place").write_parquet(str(path))
    queries = {
        "unloaded": "select place from fact_orders",
        "loaded": "select order_id from staging.fact_orders",
    }

    found = processed_results(root, ORDERS, queries)

    assert found["unloaded"] == (["place"], [("unloaded",)])
    assert found["loaded"][0] == ["order_id"] and len(found["loaded"][1]) == 1
    assert is_processed(root, ORDERS, queries)


def test_without_one_of_the_tables_that_are_asked_for_there_is_no_answer(
    shop: Shop,
) -> None:
    load_every_table(shop)
    root = str(shop.home / "lake")
    queries = {
        "loaded": "select order_id from staging.fact_orders",
        "unloaded": "select place from fact_orders",
    }

    assert not is_processed(root, ORDERS, queries)
    assert processed_results(root, ORDERS, queries) == {}
