"""What is in the lake after any sequence of runs."""

from contextlib import closing
from datetime import date
from typing import Any

import pytest

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.errors import BooksError, InputError
from salesetl.model.table import Table
from salesetl.pipelines.sales.contracts import ENRICHED_SALES, SALES_SUMMARY
from tests.jobs.shop import Shop, sale, sums

SEPTEMBER: dict[str, Any] = {
    "write_mode": "replace",
    "start_date": date(2025, 9, 1),
    "end_date": date(2025, 9, 30),
}


def dated(number: int, day: str, **fields: str) -> dict[str, str]:
    """Make a sale of a day."""
    return sale(number, date=day, **fields)


def test_the_same_delivery_three_times_is_the_same_lake(shop: Shop) -> None:
    path = shop.deliver(
        "raw", [sale(1), sale(2), dated(3, "2025-10-01"), sale(4, quantity="x")]
    )

    first = shop.load(path)
    once = shop.tables()
    reports = [shop.load(path), shop.load(path)]

    assert shop.tables() == once
    assert {sums(report, "published") for report in reports} == {
        sums(first, "published")
    }
    assert {sums(report, "kept") for report in reports} == {"0.00"}


def test_late_and_corrected_sales_give_what_one_load_of_everything_gives(
    shop: Shop,
) -> None:
    september = [sale(1), sale(2)]
    october = [dated(3, "2025-10-01"), dated(4, "2025-10-02")]
    late = [sale(5), dated(3, "2025-10-01", quantity="1", total_amount="10.50")]

    shop.load(shop.deliver("1-september", september))
    shop.load(shop.deliver("2-october", october))
    report = shop.load(shop.deliver("3-late", late))
    shop.load(
        shop.deliver("all", [*september, late[1], october[1], late[0]]), lake="other"
    )

    assert shop.tables() == shop.tables("other")
    assert (sums(report, "loaded"), sums(report, "kept")) == ("31.50", "63.00")
    assert sums(report, "published") == "94.50"


def test_the_order_of_deliveries_does_not_matter(shop: Shop) -> None:
    deliveries = [
        shop.deliver(
            str(number), [dated(number, f"2025-{number:02}-05"), sale(number + 20)]
        )
        for number in (8, 9, 10)
    ]

    for path in deliveries:
        shop.load(path)
    for path in reversed(deliveries):
        shop.load(path, lake="other")

    assert shop.tables() == shop.tables("other")


def test_a_sale_that_moves_to_another_month_leaves_the_old_one(shop: Shop) -> None:
    shop.load(shop.deliver("first", [sale(1), dated(2, "2025-08-02")]))

    report = shop.load(shop.deliver("later", [dated(2, "2025-09-02")]))

    assert shop.ids() == ["T1", "T2"]
    assert shop.months() == {"year=2025/month=9": 1}
    assert [row["month"] for row in shop.tables()[1]] == [9]
    assert sums(report, "published") == "42.00"


def test_replacing_clears_what_is_not_delivered_again_and_leaves_neighbours(
    shop: Shop,
) -> None:
    shop.load(
        shop.deliver(
            "all", [dated(1, "2025-08-31"), sale(2), sale(3), dated(4, "2025-10-01")]
        )
    )

    shop.load(shop.deliver("september", [sale(3), sale(5)]), **SEPTEMBER)

    assert shop.ids() == ["T1", "T3", "T4", "T5"]


def test_replacing_with_nothing_empties_the_range_when_that_is_allowed(
    shop: Shop,
) -> None:
    shop.load(
        shop.deliver("all", [dated(1, "2025-08-31"), sale(2), dated(4, "2025-10-01")])
    )

    shop.load(shop.deliver("none", []), allow_empty=True, **SEPTEMBER)

    assert shop.ids() == ["T1", "T4"]
    assert sorted(shop.months()) == ["year=2025/month=10", "year=2025/month=8"]
    assert sorted(row["month"] for row in shop.tables()[1]) == [8, 10]


def test_replacing_part_of_a_month_keeps_its_other_days(shop: Shop) -> None:
    shop.load(shop.deliver("all", [sale(1), sale(10), sale(15), sale(20)]))
    days: dict[str, Any] = {
        "start_date": date(2025, 9, 10),
        "end_date": date(2025, 9, 19),
    }

    report = shop.load(shop.deliver("part", [sale(12)]), write_mode="replace", **days)

    assert shop.ids() == ["T1", "T12", "T20"]
    assert (sums(report, "loaded"), sums(report, "kept")) == ("21.00", "42.00")


def test_sales_outside_the_range_are_set_aside_and_do_not_count_as_faults(
    shop: Shop,
) -> None:
    delivered = [dated(1, "2025-08-31"), sale(2), dated(3, "2025-10-01")]

    report = shop.load(
        shop.deliver("all", delivered), max_rejected_ratio=0.0, **SEPTEMBER
    )

    assert shop.ids() == ["T2"]
    assert report.rows_by_reason == {"date_is_within_range": 2}
    assert len(shop.quarantine()) == 2


def test_replacing_cannot_bring_a_sale_in_twice(shop: Shop) -> None:
    shop.load(shop.deliver("all", [dated(1, "2025-08-31")]))
    before = shop.tables()

    with pytest.raises(
        InputError, match="transaction_id T1 is already in the table on 2025-08-31"
    ):
        shop.load(shop.deliver("again", [dated(1, "2025-09-01")]), **SEPTEMBER)

    assert shop.tables() == before


def test_a_partition_that_no_row_touches_keeps_its_files(shop: Shop) -> None:
    shop.load(shop.deliver("all", [dated(1, "2025-08-31"), sale(2)]))
    august = shop.home / "lake/sales/enriched_sales/year=2025/month=8"
    before = {path.name for path in august.iterdir()}

    shop.load(shop.deliver("september", [sale(3)]))

    assert {path.name for path in august.iterdir()} == before
    assert len(shop.rows(ENRICHED_SALES)) == 3


def test_nothing_is_left_beside_the_tables(shop: Shop) -> None:
    shop.load(shop.deliver("all", [sale(1), sale(2, quantity="x")]))

    files = {
        path.relative_to(shop.home / "lake/sales").parts[0]
        for path in (shop.home / "lake").rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    assert files == {
        "enriched_sales",
        "sales_summary",
        "quarantine",
        "_runs",
        "_lease.json",
        "_keys",
        "_ledger",
        "_lineage",
    }


class LosingEngine(DuckDbEngine):
    """Loses rows of a table when it writes them."""

    def __init__(self, loses: Table) -> None:
        super().__init__()
        self._loses = loses

    def write_table(self, frame: Any, path: str, table: Table) -> None:
        """Write all rows but those of a product."""
        if table == self._loses:
            frame = frame.where("product <> 'Mug'")
        super().write_table(frame, path, table)


@pytest.mark.parametrize("table", [ENRICHED_SALES, SALES_SUMMARY])
def test_rows_that_are_lost_on_the_way_stop_the_run(shop: Shop, table: Table) -> None:
    shop.load(shop.deliver("first", [sale(1)]))
    before = shop.tables()
    second = shop.deliver("second", [sale(2), sale(3, product="Mug")])

    with closing(LosingEngine(table)) as losing:
        with pytest.raises(BooksError, match=f"{table.name}: .* nothing was published"):
            Shop(losing, shop.home).load(second)

    assert shop.tables() == before
