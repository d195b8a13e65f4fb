"""A load makes the staging schema a copy of the lake, whatever has happened before."""

import shutil
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from salesetl.cli import main
from salesetl.destinations.lease import held_lease, lease_path
from salesetl.destinations.ledger import ledger_path, read_ledger
from salesetl.errors import BooksError, InputError, LeaseError
from salesetl.model.options import InputPath
from salesetl.pipelines.retail.contracts import CUSTOMERS, ORDER_LINES, PRODUCTS
from salesetl.pipelines.retail.pipeline import RETAIL
from salesetl.storage import storage_of
from salesetl.warehouses.counting import counts_text
from salesetl.warehouses.loading_lake import load, plan
from salesetl.warehouses.mirror import TableChange
from tests.jobs.retailer import Retailer, customer, line, product
from tests.warehouses.lakes_to_load import HARD_TEXT
from tests.warehouses.places import Place

LINES = "retail_staging.order_lines"
CUSTOMERS_COPY = "retail_staging.customers"


def lake(retailer: Retailer) -> str:
    """The lake of a retailer."""
    return str(retailer.home / "lake")


def deliver(retailer: Retailer, lines: list[dict[str, str]]) -> None:
    """Deliver lines on a third day, and load them."""
    folder = retailer.deliver("2025-01-03", [customer(1)], [product(1)], lines)
    retailer.load(retail_path=InputPath(str(folder)))


def changed(changes: list[TableChange]) -> dict[str, tuple[list[str], list[str]]]:
    """Return the folders that a load has copied, and those that it has removed, by table."""
    found = {
        each.table.name: ([part.folder for part in each.parts], each.gone)
        for each in changes
    }
    return {name: folders for name, folders in found.items() if any(folders)}


def test_a_lake_is_copied_whole(retailer: Retailer, place: Place) -> None:
    load(place.warehouse, RETAIL, lake(retailer))

    for table in (CUSTOMERS, PRODUCTS, ORDER_LINES):
        columns = ", ".join(table.columns)
        copied = place.rows(f"select {columns} from retail_staging.{table.name}")
        expected = [
            tuple(row[name] for name in table.columns) for row in retailer.rows(table)
        ]
        assert sorted(copied, key=str) == sorted(expected, key=str)
    names = [name for (name,) in place.rows(f"select last_name from {CUSTOMERS_COPY}")]
    assert names.count(HARD_TEXT) == 1


def test_loading_twice_and_thrice_is_loading_once(
    retailer: Retailer, place: Place
) -> None:
    load(place.warehouse, RETAIL, lake(retailer))
    once = place.content(RETAIL)

    for _ in range(2):
        assert changed(load(place.warehouse, RETAIL, lake(retailer))) == {}
        assert place.content(RETAIL) == once


def test_only_a_changed_month_is_copied_again(retailer: Retailer, place: Place) -> None:
    load(place.warehouse, RETAIL, lake(retailer))
    december = f"select * from {LINES} where year = 2024"
    before = place.rows(december)
    deliver(retailer, [line(1, quantity="4", total_amount="42.00")])

    due = changed(plan(place.warehouse, RETAIL, lake(retailer)))
    changes = changed(load(place.warehouse, RETAIL, lake(retailer)))

    assert changes == due
    assert changes == {
        "customers": (["delivered_on=2025-01-03"], []),
        "products": (["delivered_on=2025-01-03"], []),
        "order_lines": (["year=2025/month=1"], []),
    }
    assert place.rows(december) == before
    assert place.rows(
        f"select order_id, total_amount from {LINES} where year = 2025 order by 1"
    ) == [("O1", Decimal("42.00")), ("O3", Decimal("21.00"))]


def test_a_partition_that_is_gone_goes(retailer: Retailer, place: Place) -> None:
    load(place.warehouse, RETAIL, lake(retailer))
    shutil.rmtree(Path(lake(retailer), ORDER_LINES.folder, "year=2024"))

    changes = changed(load(place.warehouse, RETAIL, lake(retailer)))

    assert changes == {"order_lines": ([], ["year=2024/month=12"])}
    assert place.rows(f"select distinct year from {LINES}") == [(2025,)]


def test_a_file_delivered_again_replaces_what_it_brought(
    retailer: Retailer, place: Place
) -> None:
    load(place.warehouse, RETAIL, lake(retailer))
    again = [customer(1, first_name="Eve")], [product(1, price="11.00")], [line(3)]
    folder = retailer.deliver("2025-01-02", *again)
    retailer.load(retail_path=InputPath(str(folder)))

    changes = changed(load(place.warehouse, RETAIL, lake(retailer)))

    assert changes["customers"] == (["delivered_on=2025-01-02"], [])
    assert "Eve" in {
        name
        for (name,) in place.rows(
            f"select first_name from {CUSTOMERS_COPY} where delivered_on = date '2025-01-02'"
        )
    }


def test_books_that_do_not_fit_are_rolled_back(
    retailer: Retailer, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(place.warehouse, RETAIL, lake(retailer))
    before = place.content(RETAIL)
    deliver(retailer, [line(4, order_date="2025-01-03")])
    with place.warehouse.held("retail") as held, held.transaction() as connection:
        copy = type(connection).copy

    def tampering(self, part, name):  # type: ignore[no-untyped-def]
        copy(self, part, name)
        if part.table is ORDER_LINES:
            self.execute(f"update {name} set total_amount = total_amount + 0.01")

    with monkeypatch.context() as patch:
        patch.setattr(type(connection), "copy", tampering)
        with pytest.raises(BooksError) as error:
            load(place.warehouse, RETAIL, lake(retailer))

    assert str(error.value) == (
        "retail_staging.order_lines: has 4 rows, total_amount 63.24 in year=2025/month=1, but the"
        " runs of the lake have written 4 rows, total_amount 63.20; nothing was loaded"
    )
    assert place.content(RETAIL) == before


def test_books_of_a_ledger_without_rows_are_counted_from_files(
    retailer: Retailer, place: Place
) -> None:
    # As an earlier version has left it.
    root = lake(retailer)
    ledger = read_ledger(storage_of(root), root, "retail")
    entries = [replace(each, rows=None, sums=None) for each in ledger.partitions]
    old = ledger.with_partitions(entries)
    storage_of(root).write(ledger_path(root, "retail"), old.encode())

    load(place.warehouse, RETAIL, lake(retailer))

    remembered = place.rows(
        "select folder, row_count, amounts from retail_staging._loaded_partitions"
        " where table_name = 'order_lines' order by folder"
    )
    assert remembered == [
        ("year=2024/month=12", 1, '{"total_amount": {"": "21.00"}}'),
        ("year=2025/month=1", 3, '{"total_amount": {"": "42.20"}}'),
    ]


def test_counts_tell_where_the_warehouse_is_not_as_the_lake(
    retailer: Retailer, place: Place
) -> None:
    load(place.warehouse, RETAIL, lake(retailer))
    assert f"{LINES}" in counts_text(place.warehouse, RETAIL, lake(retailer))

    place.change(f"update {LINES} set total_amount = 20.99 where order_id = 'O3'")

    with pytest.raises(BooksError, match=f"such as {LINES} year=2025/month=1; load"):
        counts_text(place.warehouse, RETAIL, lake(retailer))


def test_a_first_plan_shows_all_and_makes_nothing(
    retailer: Retailer, place: Place
) -> None:
    due = changed(plan(place.warehouse, RETAIL, lake(retailer)))

    assert due["order_lines"] == (["year=2024/month=12", "year=2025/month=1"], [])
    assert not (place.is_duckdb and place.file.exists())


def test_a_lake_that_is_being_written_or_was_left_half_published_is_not_loaded(
    retailer: Retailer, place: Place
) -> None:
    root = lake(retailer)
    with held_lease(storage_of(root), lease_path(root, "retail"), "a run"):
        with pytest.raises(LeaseError, match="a run .* is writing these tables"):
            load(place.warehouse, RETAIL, root)
    with pytest.raises(InputError, match="has no tables of retail; run jobs/stage_"):
        load(place.warehouse, RETAIL, f"{root}/elsewhere")


def test_two_loads_at_once_are_kept_apart(retailer: Retailer, place: Place) -> None:
    with place.warehouse.held("retail"):
        with pytest.raises(LeaseError, match="another process is writing .*try again"):
            load(place.warehouse, RETAIL, lake(retailer))

    load(place.warehouse, RETAIL, lake(retailer))


def test_what_an_analyst_writes_meanwhile_is_not_lost(tmp_path: Path) -> None:
    place = Place(f"duckdb://{tmp_path / 'sales.duckdb'}")
    with place.warehouse.held("retail") as held, held.transaction() as connection:
        connection.execute("create table sales as select 1 as one")

    with pytest.raises(LeaseError, match="somebody else has written .*try again"):
        with place.warehouse.held("retail") as held, held.transaction() as connection:
            connection.execute("insert into sales values (2)")
            place.change("create view seen as select * from sales")

    assert place.rows("select one from seen") == [(1,)]


def test_a_command_line_error_is_one_line(
    retailer: Retailer, place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [f"--warehouse={place.url}", f"--output_path={lake(retailer)}"]
    main(["warehouse", "load", "retail", *words])
    assert "order_lines" in capsys.readouterr().out
    with place.warehouse.held("retail"), pytest.raises(SystemExit) as end:
        main(["warehouse", "load", "retail", *words])

    assert end.value.code == 1
    [told] = capsys.readouterr().err.splitlines()
    assert told.startswith("salesetl: error: ") and "another process" in told
