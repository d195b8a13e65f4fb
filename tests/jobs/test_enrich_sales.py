"""The main job end to end: files in, tables, quarantine and report out."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from generators.__main__ import main as generate
from salesetl.destinations.lease import held_lease, lease_path
from salesetl.engines.engine import Engine
from salesetl.errors import ArgumentError, InputError, LeaseError, QualityError
from salesetl.model.options import InputPath
from salesetl.pipelines.sales.contracts import ENRICHED_SALES, SALES_SUMMARY
from salesetl.pipelines.sales.pipeline import SALES, SalesOptions
from salesetl.runner.start import open_run
from salesetl.storage import storage_of
from salesetl.storage.disk import LocalStorage
from tests.frames import SALE
from tests.jobs.shop import Shop, sale, sums


@pytest.fixture
def shop(engine: Engine, tmp_path: Path) -> Shop:
    """Open a shop in an empty folder, on each engine in turn."""
    return Shop(engine, tmp_path)


def test_generated_sales_come_out_as_their_answers_say(shop: Shop) -> None:
    raw = shop.home / "raw"
    words = [
        "sales",
        "--rows",
        "3000",
        "--customers",
        "200",
        "--dirt",
        "0.1",
        "--seed",
        "7",
    ]
    generate([*words, "--output_path", str(raw)])
    answers = json.loads((raw / "_answers" / "sales.json").read_text())

    report = shop.load(raw / "sales", raw / "customers", as_of=date(2025, 12, 18))

    told = {name: value for name, value in report.as_dict().items() if name in answers}
    assert told == {name: answers[name] for name in told}
    assert answers["amount_loaded"] == {"": sums(report, "loaded")}
    enriched, summary = shop.tables()
    revenue = sum(row["total_amount"] for row in enriched)
    assert str(revenue) == sums(report, "loaded") == sums(report, "published")
    assert revenue == sum(row["total_revenue"] for row in summary)
    assert (
        len(enriched)
        == report.rows_loaded
        == sum(row["transaction_count"] for row in summary)
    )
    assert len(shop.quarantine()) == report.rows_quarantined


def test_a_sale_lands_in_the_lake_with_what_is_known_of_its_buyer(shop: Shop) -> None:
    shop.load(shop.deliver("raw", [sale(10)]))

    enriched, summary = shop.tables()
    assert enriched == [
        {
            "transaction_id": "T10",
            "date": date(2025, 9, 10),
            "customer_id": "C1",
            "product": "Lamp",
            "quantity": 2,
            "unit_price": Decimal("10.5000"),
            "region": "North",
            "total_amount": Decimal("21.00"),
            "currency": None,
            "discount_amount": Decimal(0),
            "tax_amount": Decimal(0),
            "shipping_amount": Decimal(0),
            "age_group": "26-35",
            "membership_tier": "Gold",
            "signup_date": date(2024, 1, 1),
            "is_return": False,
            "day": 10,
            "year": 2025,
            "month": 9,
        }
    ]
    assert [row["total_revenue"] for row in summary] == [Decimal("21.00")]


def test_files_lie_in_unpadded_month_folders_one_for_a_small_month(shop: Shop) -> None:
    days = [sale(1), sale(2), sale(3, date="2025-10-03"), sale(4, date="2026-01-04")]

    report = shop.load(shop.deliver("raw", days))

    assert shop.months() == {
        "year=2025/month=10": 1,
        "year=2025/month=9": 1,
        "year=2026/month=1": 1,
    }
    assert [
        (each["year"], each["month"], each["rows"], each["files"])
        for each in report.partitions
    ] == [
        (2025, 9, 2, 1),
        (2025, 10, 1, 1),
        (2026, 1, 1, 1),
    ]
    names = [path.name for path in (shop.home / "lake").rglob("*.parquet")]
    assert all(name.endswith(".snappy.parquet") for name in names)


def test_the_report_says_what_ran_and_what_came_of_it(
    engine: Engine, shop: Shop
) -> None:
    bad = sale(2, quantity="0", total_amount="0")

    shop.load(
        shop.deliver("raw", [sale(1), sale(1), bad, sale(3, region="")]), run_id="r1"
    )

    told = json.loads((shop.home / "lake/sales/_runs/r1.json").read_text())
    assert told["status"] == "succeeded"
    assert told["rows_read"] == 4
    assert (
        told["rows_loaded"],
        told["rows_quarantined"],
        told["duplicates_removed"],
    ) == (2, 1, 1)
    assert told["rows_by_reason"] == {"quantity_is_not_zero": 1}
    assert told["warnings"] == {"region_is_present": 1}
    assert told["amounts"]["total_amount"][""] == {
        "loaded": "42.00",
        "rejected": "0.00",
        "out_of_range": "0.00",
        "kept": "0.00",
        "published": "42.00",
    }
    assert told["sources"]["customers"]["rows_loaded"] == 2
    assert set(told["runtime"]) == {*engine.facts(), "python", "salesetl"}
    assert told["arguments"]["write_mode"] == "merge"
    assert list(told["seconds_by_stage"]) == [
        "read",
        "classify",
        "merge",
        "write",
        "publish",
    ]
    assert told["started_at"] < told["finished_at"]


def test_quarantine_keeps_the_row_its_file_and_every_reason(shop: Shop) -> None:
    path = shop.deliver("raw", [sale(1), sale(2, quantity="x", date="soon")])

    shop.load(path, run_id="r1")

    [row] = shop.quarantine()
    assert row["raw_record"] == "T2,soon,C1,Lamp,x,10.50,North,21.00"
    assert row["source_header"] == ",".join(SALE)
    assert row["source_file"] == str(path / "sales.csv")
    assert row["reasons"] == ["date_is_valid", "quantity_is_whole_number"]
    assert row["run_id"] == "r1"


def test_too_many_rejected_rows_publish_nothing_but_the_quarantine(shop: Shop) -> None:
    shop.load(shop.deliver("before", [sale(1)]))
    before = shop.tables()
    bad = [sale(number, quantity="0", total_amount="0") for number in range(2, 4)]

    with pytest.raises(
        QualityError,
        match="20.0% of 10 rows.*0.05: quantity_is_not_zero 2; for example quantity '0' in line 10 of .*/sales.csv;",
    ):
        good = [sale(number) for number in range(4, 12)]
        shop.load(shop.deliver("raw", good + bad), max_rejected_ratio=0.05, run_id="r2")

    assert shop.tables() == before
    assert len(shop.quarantine()) == 2
    told = json.loads((shop.home / "lake/sales/_runs/r2.json").read_text())
    assert (told["status"], told["rows_quarantined"]) == ("failed", 2)
    assert "20.0% of 10 rows" in told["error"]


def test_rejected_rows_up_to_the_limit_are_accepted(shop: Shop) -> None:
    sales = [sale(number) for number in range(1, 20)] + [
        sale(20, quantity="0", total_amount="0")
    ]

    assert (
        shop.load(shop.deliver("raw", sales), max_rejected_ratio=0.05).rows_loaded == 19
    )


def test_no_rows_are_a_failure_unless_that_is_allowed(shop: Shop) -> None:
    nothing = shop.deliver("raw", [])

    with pytest.raises(QualityError, match="no row to load among 0 rows read"):
        shop.load(nothing)

    assert shop.load(nothing, allow_empty=True).rows_read == 0
    assert not (shop.home / "lake" / "sales" / "enriched_sales").exists()


def test_a_missing_path_is_named_and_reported(shop: Shop) -> None:
    with pytest.raises(InputError, match="nowhere: there are no files"):
        shop.load(shop.home / "nowhere", run_id="r1")

    told = json.loads((shop.home / "lake/sales/_runs/r1.json").read_text())
    assert told["status"] == "failed"


def test_a_customer_delivered_twice_does_not_multiply_sales(shop: Shop) -> None:
    twice = shop.home / "customers"
    twice.mkdir()
    for number, tier in enumerate(["Silver", "Gold"]):
        customer = {"customer_id": "C1", "membership_tier": tier}
        (twice / f"{number}.json").write_text(json.dumps(customer))

    report = shop.load(shop.deliver("raw", [sale(1)]), twice)

    assert [row["membership_tier"] for row in shop.rows(ENRICHED_SALES)] == ["Gold"]
    assert report.sources["customers"]["duplicates_removed"] == 1


def test_replacing_needs_the_days_it_is_for(shop: Shop) -> None:
    with pytest.raises(ArgumentError, match="--start_date and --end_date"):
        shop.load(shop.deliver("raw", [sale(1)]), write_mode="replace")
    with pytest.raises(ArgumentError, match="is after"):
        shop.load(shop.home, start_date=date(2025, 9, 2), end_date=date(2025, 9, 1))


def test_a_second_run_at_the_same_time_stops_and_leaves_the_first_alone(
    shop: Shop,
) -> None:
    path = shop.deliver("raw", [sale(1)])
    lease = str(shop.home / "lake/sales/_lease.json")

    with held_lease(storage_of(lease), lease, "first"):
        with pytest.raises(LeaseError, match="run first .* is writing these tables"):
            shop.load(path)

    assert not (shop.home / "lake" / "sales" / "enriched_sales").exists()
    assert shop.load(path).rows_loaded == 1


def test_the_average_of_the_summary_is_over_all_transactions(shop: Shop) -> None:
    shop.load(
        shop.deliver("raw", [sale(1), sale(2, quantity="1", total_amount="10.50")])
    )

    [row] = shop.rows(SALES_SUMMARY)
    assert (row["avg_transaction_value"], row["units_sold"]) == (Decimal("15.75"), 3)


@pytest.mark.parametrize("name", ["../escape", "a/b", "", ".hidden", "x y"])
def test_a_run_id_cannot_leave_its_folder(shop: Shop, name: str) -> None:
    with pytest.raises(ArgumentError, match="--run_id"):
        shop.load(Path("unread"), run_id=name or " ")


def test_a_run_of_a_name_that_has_succeeded_gets_one_of_its_own(shop: Shop) -> None:
    bad = sale(2, quantity="x")

    shop.load(shop.deliver("raw", [sale(1), bad]), run_id="daily")
    report = shop.load(shop.deliver("raw", [sale(1), bad]), run_id="daily")

    assert report.run_id == "daily.2"
    # The row was rejected again, so it is there once, under the last run.
    assert [row["run_id"] for row in shop.quarantine()] == ["daily.2"]


def test_a_run_that_failed_is_tried_again_under_its_name(shop: Shop) -> None:
    with pytest.raises(QualityError):
        faults = [sale(1), sale(2, quantity="x")]
        shop.load(shop.deliver("raw", faults), run_id="daily", max_rejected_ratio=0.0)

    report = shop.load(shop.deliver("raw", [sale(1)]), run_id="daily")

    assert (report.run_id, report.status) == ("daily", "succeeded")
    assert not list((shop.home / "lake/sales/quarantine").rglob("*.parquet"))


def test_rows_out_of_range_do_not_hide_faults_in_the_range(shop: Shop) -> None:
    others = [sale(number, date="2024-01-01") for number in range(10, 50)]
    days: dict[str, Any] = {
        "start_date": date(2025, 9, 1),
        "end_date": date(2025, 9, 30),
    }

    with pytest.raises(
        QualityError,
        match="50.0% of 2 rows.*: quantity_is_whole_number 1; for example",
    ):
        faults = [sale(1), sale(2, quantity="x"), *others]
        shop.load(shop.deliver("raw", faults), max_rejected_ratio=0.1, **days)


def test_a_year_long_ago_is_loaded_where_it_is_asked_for(shop: Shop) -> None:
    raw = shop.deliver("raw", [sale(1, date="0205-12-17")])
    shop.load(raw, earliest_date=date(1, 1, 1))

    [row] = shop.rows(ENRICHED_SALES)
    assert (row["date"], row["year"]) == (date(205, 12, 17), 205)


def test_a_lake_may_have_any_name(shop: Shop) -> None:
    lake = "la ke=[1]{2}*?%41+ü#"

    for _ in range(2):
        shop.load(shop.deliver("raw", [sale(1), sale(2, quantity="x")]), lake=lake)

    assert shop.ids(lake) == ["T1"]
    assert len(shop.quarantine(lake)) == 1


def test_a_run_that_has_lost_its_lease_touches_nothing(shop: Shop) -> None:
    shop.load(shop.deliver("raw", [sale(1)]))
    root = str(shop.home / "lake")
    before = shop.tables()
    options = SalesOptions(
        sales_path=InputPath("sales"),
        customers_path=InputPath("customers"),
        output_path=root,
        run_id="late",
    )

    with pytest.raises(LeaseError, match="another run took the lease"):
        with open_run(SALES, shop.engine, options) as run:
            lease = Path(lease_path(root, SALES.name))
            lease.write_text(lease.read_text().replace('"late"', '"rival"'))
            staged = shop.home / "lake/sales/_staging" / "rival/part"
            LocalStorage().write(str(staged), b"rival")
            run.publish()

    assert shop.tables() == before
    assert staged.exists()
    assert not (shop.home / "lake/sales/_runs" / "late.json").exists()
