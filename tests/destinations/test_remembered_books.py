"""The ledger of a lake remembers the rows and the amounts of each partition, also of files that stay."""

from decimal import Decimal
from pathlib import Path

import pytest

from salesetl.destinations.ledger import read_ledger
from salesetl.destinations.partitions import PartitionEntry
from salesetl.engines.engine import Engine
from salesetl.pipelines.orders.contracts import FACT_ORDERS
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.storage import storage_of
from tests.frames import on_each_engine
from tests.jobs.shop import Shop, order, sale

MONTH = "year=2025/month=9"


def entries_of(shop: Shop, namespace: str, table: str) -> dict[str, PartitionEntry]:
    """Return what the ledger says of the partitions of a table, by folder."""
    root = str(shop.home / "lake")
    ledger = read_ledger(storage_of(root), root, namespace)
    return {each.folder: each for each in ledger.partitions if each.table == table}


@on_each_engine
def test_files_that_stay_are_counted_with_new_ones(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As if files were large; small ones are written again.
    monkeypatch.setattr("salesetl.destinations.staying_files.LEAST_STAYING_BYTES", 0)
    shop = Shop(engine, tmp_path)
    shop.load(shop.deliver("first", [sale(1), sale(2)]))
    shop.load(shop.deliver("second", [sale(3), sale(4, date="2025-10-04")]))

    entry = entries_of(shop, "sales", ENRICHED_SALES.name)[MONTH]

    assert len(entry.files) == 2 and entry.rows == 3
    rows = [row for row in shop.rows(ENRICHED_SALES) if row["month"] == 9]
    [amount] = ENRICHED_SALES.amounts
    total = sum((row[amount] for row in rows), Decimal(0))
    assert entry.sums == {amount: {"": str(total)}}


@on_each_engine
def test_partitions_that_a_run_does_not_touch_are_remembered(
    engine: Engine, tmp_path: Path
) -> None:
    shop = Shop(engine, tmp_path)
    january = shop.deliver_orders("january", [order(1), order(2, currency="EUR")])
    shop.load_orders(january)
    before = entries_of(shop, "orders", FACT_ORDERS.name)
    [folder] = before
    moment = "2025-02-01T00:00:00Z"
    february = shop.deliver_orders("february", [order(3, order_timestamp=moment)])
    shop.load_orders(february)

    after = entries_of(shop, "orders", FACT_ORDERS.name)

    assert after[folder] == before[folder] and len(after) == 2
    assert after[folder].rows == 2
    sums = after[folder].sums
    assert sums and sums["order_total"] == {"EUR": "25.25", "USD": "25.25"}
