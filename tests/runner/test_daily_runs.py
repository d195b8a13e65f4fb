"""What a daily run costs follows its day, not what the lake has."""

import json
from pathlib import Path

import pytest

from salesetl.destinations.ledger import read_ledger
from salesetl.destinations.partitions import PartitionEntry
from salesetl.engines.engine import Engine
from salesetl.pipelines.sales.contracts import ENRICHED_SALES
from salesetl.pipelines.sales.pipeline import SALES
from salesetl.runner.runner import run
from salesetl.runs import RunReport
from salesetl.storage import _s3_storage, storage_of
from tests.faults import Proxy
from tests.frames import on_each_engine
from tests.jobs.shop import Shop, sale


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Shop:
    """Open a shop in an empty folder, on the engine of the test."""
    return Shop(engine, tmp_path)


def of_month(month: int, number: int, **fields: str) -> dict[str, str]:
    """Make a sale of a month; later ones have higher numbers."""
    identity = f"T{month * 100 + number:05}"
    return sale(1, transaction_id=identity, date=f"2025-{month:02}-15", **fields)


def load(shop: Shop) -> RunReport:
    """Load what is new."""
    return shop.load(shop.home / "raw", input_mode="new")


def test_the_seventh_month_costs_no_more_requests_than_the_second(
    shop: Shop, s3_root: str, s3_proxy: Proxy
) -> None:
    storage = storage_of(s3_root)
    customers = shop.customers().read_bytes()
    storage.write(f"{s3_root}/customers.json", customers)
    made = []
    for month in range(1, 8):
        # One of them is rejected, so that there is a quarantine.
        sales = [of_month(month, 1), of_month(month, 2, quantity="x")]
        file = shop.deliver("day", sales) / "sales.csv"
        storage_of(s3_root).write(f"{s3_root}/raw/{month}.csv", file.read_bytes())
        _s3_storage.cache_clear()
        s3_proxy.requests.clear()
        report = run(
            SALES,
            shop.engine,
            sales_path=f"{s3_root}/raw",
            customers_path=f"{s3_root}/customers.json",
            output_path=f"{s3_root}/lake",
            input_mode="new",
            max_rejected_ratio=1,
        )
        assert (report.files_new, report.rows_loaded) == (1, 1)
        read = [each for each in s3_proxy.requests if each.startswith("GET ")]
        made.append((len(s3_proxy.requests), len(read)))

    assert made[6] <= made[1], made


@on_each_engine
def test_a_sale_of_an_early_month_is_found_and_replaced_in_a_late_one(
    shop: Shop,
) -> None:
    for month in range(1, 6):
        shop.deliver(f"raw/{month}", [of_month(month, 1), of_month(month, 2)])
        load(shop)
    moved = of_month(2, 1, region="South") | {"date": "2025-06-01"}
    shop.deliver("raw/6", [of_month(6, 1), moved])

    load(shop)

    found = {row["transaction_id"]: row["month"] for row in shop.rows(ENRICHED_SALES)}
    assert len(shop.ids()) == len(found) == 11
    assert found["T00201"] == 6
    assert found["T00202"] == 2


def test_keys_of_other_lengths_are_found(shop: Shop) -> None:
    shop.deliver("raw/1", [sale(9, date="2025-01-01"), sale(10, date="2025-02-01")])
    load(shop)
    shop.deliver("raw/2", [sale(9, region="South", date="2025-03-01")])
    load(shop)

    assert shop.ids() == ["T10", "T9"]


def test_files_that_somebody_put_into_a_lake_are_looked_into(shop: Shop) -> None:
    for month in (1, 2):
        shop.deliver(f"raw/{month}", [of_month(month, 1)])
        load(shop)
    # A file of January comes back from a backup, under another name, with a sale of March.
    other = Shop(shop.engine, shop.home / "other")
    other.home.mkdir()
    other.load(other.deliver("in", [of_month(3, 1) | {"date": "2025-01-20"}]))
    folder = "lake/sales/enriched_sales/year=2025/month=1"
    [file] = (other.home / folder).glob("*.parquet")
    file.rename(shop.home / folder / "from-backup.parquet")

    shop.deliver("raw/3", [of_month(3, 1)])
    load(shop)

    assert shop.ids() == ["T00101", "T00201", "T00301"]
    months = {row["transaction_id"]: row["month"] for row in shop.rows(ENRICHED_SALES)}
    assert months["T00301"] == 3


def test_buyers_that_are_unknown_are_counted_again_only_with_other_customers(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = shop.home / "customers.json"
    known = ["C9"]

    def load_with(names: list[str], month: int) -> int:
        rows = ({"customer_id": name, "age_group": "26-35"} for name in names)
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        shop.deliver(f"raw/{month}", [of_month(month, 1)])
        report = shop.load(shop.home / "raw", path, input_mode="new")
        return report.rows_to_refresh

    counts = [load_with(known, 1), load_with(known, 2)]
    known.append("C1")
    counts += [load_with(known, 3), load_with(known, 4)]
    counted: list[str] = []

    def count_again(*_: object) -> dict[str, int]:
        counted.append("again")
        return {}

    monkeypatch.setattr("salesetl.runner.changes.stale_partitions", count_again)
    counts += [load_with(known, 5)]
    assert not counted
    assert counts == [0, 0, 2, 2, 2]
    load_with([*known, "C2"], 6)
    assert counted


@on_each_engine
def test_the_ledger_remembers_the_keys_of_each_partition(shop: Shop) -> None:
    shop.deliver("raw/1", [sale(9), sale(10), sale(12), sale(3, date="2025-08-01")])
    load(shop)

    root = str(shop.home / "lake")
    entries = read_ledger(storage_of(root), root, "sales").partitions
    ranges = {
        each.folder: each.ranges for each in entries if each.table == "enriched_sales"
    }
    assert ranges == {
        "year=2025/month=9": [(2, "T9", "T9"), (3, "T10", "T12")],
        "year=2025/month=8": [(2, "T3", "T3")],
    }


@pytest.mark.parametrize(
    ("asked", "may"),
    [
        ((2, "T1", "T3"), True),
        ((2, "T5", "T9"), True),
        ((2, "T1", "T2"), False),
        ((2, "T6", "T9"), False),
        ((3, "T30", "T50"), False),
    ],
)
def test_a_partition_is_looked_into_if_it_may_hold_a_key(
    asked: tuple[int, str, str], may: bool
) -> None:
    entry = PartitionEntry("sales", "", {}, [(2, "T3", "T5")])

    assert entry.may_hold([asked]) is may
    assert PartitionEntry("sales", "", {}).may_hold([asked])
