"""Orders end to end: documents in, orders and lines by month out, and never one without the other."""

import gzip
import json
import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pyarrow.parquet import read_schema

from generators.__main__ import main as generate
from salesetl.engines.engine import Engine
from salesetl.errors import ArgumentError, BooksError, InputError, QualityError
from salesetl.pipelines.orders.contracts import FACT_ORDER_ITEMS
from tests.frames import ITEM, ORDER, frame_of
from tests.jobs.shop import Rows, Shop, order, sums

JANUARY: dict[str, Any] = {
    "write_mode": "replace",
    "start_date": date(2025, 1, 1),
    "end_date": date(2025, 1, 31),
}
FEBRUARY = "2025-02-03T10:00:00Z"


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Shop:
    """Open a shop in an empty folder, on each engine in turn."""
    return Shop(engine, tmp_path)


def ids_of(shop: Shop) -> list[str]:
    """Return the ids of all orders in the lake, and see that just those have lines."""
    orders, lines = shop.order_tables()
    assert {row["order_id"] for row in lines} == {row["order_id"] for row in orders}
    assert len(lines) == sum(row["item_count"] for row in orders)
    return sorted(row["order_id"] for row in orders)


def by_currency(rows: Rows, amount: str) -> dict[str, str]:
    """Add the amounts of each currency, as a report has them."""
    names = {row["currency"] for row in rows}
    return {
        name: str(sum(row[amount] for row in rows if row["currency"] == name))
        for name in names
    }


def test_generated_orders_come_out_as_their_answers_say(shop: Shop) -> None:
    raw = shop.home / "raw"
    words = ["orders", "--orders_per_day", "20", "--customers", "150", "--seed", "7"]
    days = ["--start_date", "2024-12-20", "--end_date", "2025-03-10"]
    generate([*words, *days, "--dirt", "0.2", "--output_path", str(raw)])
    answers = json.loads((raw / "_answers" / "orders.json").read_text())

    report = shop.load_orders(raw / "orders", as_of=date(2025, 3, 11))

    told = {name: value for name, value in report.as_dict().items() if name in answers}
    assert told.items() <= answers.items()
    assert answers["amount_loaded"] == sums(report, "loaded")
    orders, lines = shop.order_tables()
    assert len(ids_of(shop)) == report.rows_loaded
    revenue = by_currency(orders, "order_total")
    assert revenue == sums(report, "loaded") == sums(report, "published")
    assert len(revenue) == 5 and revenue == by_currency(lines, "line_total")
    assert len(shop.quarantine(feed="orders")) == report.rows_quarantined
    assert sorted(shop.months(table=FACT_ORDER_ITEMS)) == [
        "order_year=2024/order_month=12",
        "order_year=2025/order_month=01",
        "order_year=2025/order_month=02",
        "order_year=2025/order_month=03",
    ]


def test_an_order_lands_in_the_lake_with_its_lines(shop: Shop) -> None:
    shop.load_orders(shop.deliver_orders("raw", [order(10)]))

    orders, lines = shop.order_tables()
    month = {"order_year": "2025", "order_month": "01"}
    assert orders == [
        {
            "order_id": "O10",
            "order_timestamp": datetime(2025, 1, 10, 8, 30, tzinfo=UTC),
            "order_date": date(2025, 1, 10),
            "customer_id": "C1",
            "customer_country": "US",
            "customer_segment": "consumer",
            "sales_channel": "online",
            "payment_method": "paypal",
            "payment_status": "paid",
            "currency": "USD",
            "order_total": Decimal("25.25"),
            **dict.fromkeys(
                (
                    "discount_amount",
                    "tax_amount",
                    "shipping_amount",
                    "refund_amount",
                ),
                Decimal(0),
            ),
            "item_count": 2,
            "items_total": Decimal("25.25"),
        }
        | month
    ]
    assert [row["line_total"] for row in lines] == [Decimal("21.00"), Decimal("4.25")]
    assert [row["line_number"] for row in lines] == [1, 2]
    assert all(row.items() >= month.items() for row in lines)


@pytest.mark.parametrize("table", ["fact_orders", "fact_order_items"])
def test_months_are_folders_of_two_digits_and_not_in_the_files(
    shop: Shop, table: str
) -> None:
    orders = [order(1), order(2, order_timestamp="2025-11-30T23:59:59Z")]

    report = shop.load_orders(shop.deliver_orders("raw", orders))

    paths = (shop.home / "lake/orders" / table).rglob("*.snappy.parquet")
    folders = {
        str(path.parent.relative_to(shop.home / "lake/orders")): path for path in paths
    }
    assert set(folders) == {
        f"{table}/order_year=2025/order_month=01",
        f"{table}/order_year=2025/order_month=11",
    }
    for path in folders.values():
        assert not {"order_year", "order_month"} & set(read_schema(path).names)
    months = [(each["order_year"], each["order_month"]) for each in report.partitions]
    assert months == [("2025", "01"), ("2025", "11")]


@pytest.mark.parametrize("name", ["orders.json", "orders.json.gz"])
@pytest.mark.parametrize("indent", [None, 2])
def test_an_array_of_orders_is_read_too(
    shop: Shop, name: str, indent: int | None
) -> None:
    content = json.dumps([order(1), order(2)], indent=indent).encode()
    path = shop.home / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)

    report = shop.load_orders(path)

    assert ids_of(shop) == ["O1", "O2"]
    assert (report.rows_read, sums(report, "loaded")) == (2, {"USD": "50.50"})


def test_amounts_of_two_currencies_are_told_by_currency(shop: Shop) -> None:
    shop.load_orders(shop.deliver_orders("first", [order(1), order(2, currency="INR")]))

    report = shop.load_orders(
        shop.deliver_orders(
            "later", [order(3, currency="INR"), order(4, currency="EUR")]
        )
    )

    assert sums(report, "loaded") == {"EUR": "25.25", "INR": "25.25"}
    assert sums(report, "kept") == {"INR": "25.25", "USD": "25.25"}
    assert sums(report, "published") == {"EUR": "25.25", "INR": "50.50", "USD": "25.25"}


def test_lines_in_another_currency_than_their_order_stop_the_run(
    engine: Engine, shop: Shop
) -> None:
    shop.load_orders(shop.deliver_orders("first", [order(1), order(2)]))
    _, lines = shop.order_tables()
    shutil.rmtree(shop.home / "lake/orders/fact_order_items")
    changed = [line | {"currency": "INR"} for line in lines]
    engine.write_table(
        frame_of(engine, FACT_ORDER_ITEMS, changed),
        str(shop.home / "lake/orders/fact_order_items"),
        FACT_ORDER_ITEMS,
    )

    with pytest.raises(BooksError) as stopped:
        shop.load_orders(shop.deliver_orders("later", [order(3)]))

    assert (
        "fact_orders has USD 75.75 in the changed partitions, but fact_order_items has"
        " INR 50.50, USD 25.25: one table was changed by hand"
    ) in str(stopped.value)


def test_the_same_file_twice_changes_nothing(shop: Shop) -> None:
    orders = [order(1), order(2, order_timestamp=FEBRUARY), order(3, order_total=1)]
    path = shop.deliver_orders("raw", orders)
    first = shop.load_orders(path)
    once = shop.order_tables()

    again = shop.load_orders(path)

    assert shop.order_tables() == once
    assert ids_of(shop) == ["O1", "O2"]
    assert sums(again, "loaded") == sums(first, "loaded") == sums(again, "published")


def test_an_amended_order_replaces_the_old_one_with_all_its_lines(shop: Shop) -> None:
    shop.load_orders(shop.deliver_orders("first", [order(1), order(2)]))
    amended = order(2, items=[ITEM | {"product_id": "P9"}], order_total=21.0)

    report = shop.load_orders(shop.deliver_orders("later", [amended]))

    assert ids_of(shop) == ["O1", "O2"]
    orders, lines = shop.order_tables()
    assert [row["item_count"] for row in orders] == [2, 1]
    assert [row["product_id"] for row in lines] == ["P1", "P2", "P9"]
    assert (sums(report, "kept"), sums(report, "published")) == (
        {"USD": "25.25"},
        {"USD": "46.25"},
    )


def test_an_order_that_moves_to_another_month_leaves_none_of_its_lines(
    shop: Shop,
) -> None:
    shop.load_orders(shop.deliver_orders("first", [order(1)]))
    moved = order(1, order_timestamp=FEBRUARY, items=[ITEM], order_total=21)

    report = shop.load_orders(shop.deliver_orders("later", [moved]))

    assert ids_of(shop) == ["O1"]
    for name in ("fact_orders", "fact_order_items"):
        files = (shop.home / "lake/orders" / name).rglob("*.parquet")
        assert [path.parent.name for path in files] == ["order_month=02"]
    assert sums(report, "published") == {"USD": "21.00"}


def test_of_an_order_in_two_files_the_later_file_wins(shop: Shop) -> None:
    amended = order(1, items=[ITEM], order_total=21)
    shop.deliver_orders("raw", [amended, order(3)], file="orders_2025_02.json")
    path = shop.deliver_orders("raw", [order(1), order(2)], "orders_2025_01.json")

    report = shop.load_orders(path)

    assert ids_of(shop) == ["O1", "O2", "O3"]
    assert (report.rows_loaded, report.duplicates_removed) == (3, 1)
    assert sums(report, "loaded") == {"USD": "71.50"}


def test_a_broken_amendment_leaves_the_order_as_it_was(shop: Shop) -> None:
    shop.deliver_orders("raw", [order(1, order_total=1)], "orders_2025_02.json")
    path = shop.deliver_orders("raw", [order(1)], "orders_2025_01.json")

    report = shop.load_orders(path)

    assert report.rows_by_reason == {"order_total_is_sum_of_items": 1}
    assert sums(report, "loaded") == {"USD": "25.25"}
    assert ids_of(shop) == ["O1"]


@pytest.mark.parametrize(
    "bad", [ITEM | {"quantity": 0}, ITEM | {"unit_price": "free"}, None, {}]
)
def test_one_bad_line_rejects_the_order_with_all_its_lines(
    shop: Shop, bad: dict[str, Any] | None
) -> None:
    spoiled = order(2, items=[ITEM, bad, ITEM], order_total=42)

    report = shop.load_orders(shop.deliver_orders("raw", [order(1), spoiled]))

    assert ids_of(shop) == ["O1"]
    assert report.rows_quarantined == 1
    [rejected] = shop.quarantine(feed="orders")
    assert json.loads(rejected["raw_record"]) == spoiled
    assert rejected["source_file"].endswith("raw/orders.json")


def test_an_absurd_line_does_not_stop_the_run(shop: Shop) -> None:
    line = ITEM | {"quantity": 2**31 - 1, "unit_price": 99_999_999.9999}

    report = shop.load_orders(
        shop.deliver_orders("raw", [order(1), order(2, items=[line] * 3)])
    )

    assert ids_of(shop) == ["O1"]
    assert report.rows_by_reason == {"order_total_is_sum_of_items": 1}


def test_replacing_clears_what_is_not_delivered_again_and_leaves_neighbours(
    shop: Shop,
) -> None:
    others = [
        order(4, order_timestamp="2024-12-31T23:59:59Z"),
        order(5, order_timestamp="2025-02-01T00:00:00Z"),
    ]
    shop.load_orders(shop.deliver_orders("all", [order(1), order(2), *others]))
    amended = order(2, items=[ITEM], order_total=21)

    delivered = [amended, order(3), order(6, order_timestamp=FEBRUARY)]
    report = shop.load_orders(shop.deliver_orders("again", delivered), **JANUARY)

    assert ids_of(shop) == ["O2", "O3", "O4", "O5"]
    assert report.rows_by_reason == {"order_is_within_range": 1}
    assert (sums(report, "loaded"), sums(report, "kept")) == ({"USD": "46.25"}, {})


def test_replacing_some_days_of_a_month_keeps_its_other_days(shop: Shop) -> None:
    shop.load_orders(shop.deliver_orders("all", [order(1), order(10), order(20)]))
    days = {"start_date": date(2025, 1, 5), "end_date": date(2025, 1, 15)}

    shop.load_orders(shop.deliver_orders("part", [order(12)]), **{**JANUARY, **days})

    assert ids_of(shop) == ["O1", "O12", "O20"]


def test_replacing_cannot_bring_an_order_in_twice(shop: Shop) -> None:
    shop.load_orders(shop.deliver_orders("first", [order(1, order_timestamp=FEBRUARY)]))
    before = shop.order_tables()

    with pytest.raises(
        InputError, match="order_id O1 is already in the table on 2025-02-03"
    ):
        shop.load_orders(shop.deliver_orders("again", [order(1)]), **JANUARY)

    assert shop.order_tables() == before


def test_replacing_needs_the_days_it_is_for(shop: Shop) -> None:
    path = shop.deliver_orders("raw", [order(1)])

    with pytest.raises(ArgumentError, match="--start_date and --end_date"):
        shop.load_orders(path, write_mode="replace")


def test_no_orders_are_a_failure_unless_that_is_allowed(shop: Shop) -> None:
    blank = shop.home / "blank.json"
    blank.write_text("\n \n")
    path = shop.deliver_orders("none", [])

    with pytest.raises(QualityError, match="no row to load among 0 rows read"):
        shop.load_orders(blank)
    with pytest.raises(InputError, match="empty file"):
        shop.load_orders(path)

    assert shop.load_orders(path, allow_empty=True).rows_read == 0
    assert not (shop.home / "lake" / "orders" / "fact_orders").exists()


def test_replacing_with_nothing_empties_both_tables_when_that_is_allowed(
    shop: Shop,
) -> None:
    later = order(2, order_timestamp=FEBRUARY)
    shop.load_orders(shop.deliver_orders("all", [order(1), later]))

    shop.load_orders(shop.deliver_orders("none", []), allow_empty=True, **JANUARY)

    assert ids_of(shop) == ["O2"]


def test_too_many_rejected_orders_publish_nothing_but_the_quarantine(
    shop: Shop,
) -> None:
    orders = [order(1), order(2, currency="ZZZ")]

    with pytest.raises(QualityError, match="50.0% of 2 rows.*: currency_is_known 1"):
        shop.load_orders(shop.deliver_orders("raw", orders), max_rejected_ratio=0.4)

    assert not (shop.home / "lake" / "orders" / "fact_orders").exists()
    assert len(shop.quarantine(feed="orders")) == 1


def test_an_order_is_found_by_the_report_of_its_run(shop: Shop) -> None:
    orders = [order(1, customer=None), order(2, order_id=None)]

    shop.load_orders(shop.deliver_orders("raw", orders), run_id="r1")

    told = json.loads((shop.home / "lake/orders/_runs/r1.json").read_text())
    assert (told["status"], told["rows_read"], told["rows_loaded"]) == (
        "succeeded",
        2,
        1,
    )
    assert told["rows_by_reason"] == {"order_id_is_present": 1}
    assert told["warnings"] == {"customer_id_is_present": 1}
    assert told["amounts"] == {
        "order_total": {
            "USD": {
                "loaded": "25.25",
                "rejected": "25.25",
                "out_of_range": "0.00",
                "kept": "0.00",
                "published": "25.25",
            }
        }
    }


def test_orders_after_the_day_of_the_run_are_rejected(shop: Shop) -> None:
    path = shop.deliver_orders("raw", [order(9), order(10), order(11)])

    report = shop.load_orders(path, as_of=date(2025, 1, 10))

    assert ids_of(shop) == ["O10", "O9"]
    assert report.rows_by_reason == {"order_is_not_after_as_of": 1}


def test_an_order_of_a_hundred_lines_keeps_their_order(shop: Shop) -> None:
    items = [ITEM | {"product_id": f"P{number}"} for number in range(1, 101)]

    shop.load_orders(
        shop.deliver_orders("raw", [ORDER | {"items": items, "order_total": 2100}])
    )

    lines = {row["line_number"]: row["product_id"] for row in shop.order_tables()[1]}
    assert lines == {number: f"P{number}" for number in range(1, 101)}


def test_tables_that_were_changed_by_hand_stop_the_run(shop: Shop) -> None:
    shop.load_orders(shop.deliver_orders("first", [order(1), order(2)]))
    for file in (shop.home / "lake" / "orders" / "fact_order_items").rglob("*.parquet"):
        file.unlink()

    with pytest.raises(BooksError, match="fact_orders has .* fact_order_items has"):
        shop.load_orders(shop.deliver_orders("second", [order(3)]))
