"""Every row gets one outcome, with all its reasons."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from salesetl.engines import functions as F
from salesetl.engines.engine import Engine
from salesetl.parsing import parse_fields
from salesetl.pipelines.sales.contracts import RAW_CUSTOMERS, RAW_SALES
from tests.frames import SALE, classified, raw_frame_of

SALES = RAW_SALES.bind(
    as_of=date(2025, 9, 30),
    earliest_date=date(1970, 1, 1),
    start_date=date(2025, 9, 1),
    end_date=date(2025, 9, 30),
)

BROKEN = {
    "transaction_id_is_present": {"transaction_id": " "},
    "text_is_readable": {"product": "Caf\ufffd"},
    "identifiers_are_visible": {"transaction_id": "T\u200b1"},
    "identifiers_are_whole": {"transaction_id": "8.41E+12"},
    "date_is_valid": {"date": "2025-13-45"},
    "date_is_not_after_as_of": {"date": "2025-10-01"},
    "date_is_not_before_earliest_date": {"date": "1969-12-31"},
    "date_is_within_range": {"date": "2025-08-31"},
    "quantity_is_whole_number": {"quantity": "2.5", "total_amount": "26.25"},
    "quantity_is_not_zero": {"quantity": "0", "total_amount": "0"},
    "unit_price_is_valid": {"unit_price": "-10.50", "total_amount": "-21.00"},
    "total_amount_is_decimal": {"total_amount": "n/a"},
    "currency_is_known": {"currency": "EURO"},
    "discount_amount_is_decimal": {"discount_amount": "10 %"},
    "tax_amount_is_decimal": {"tax_amount": "n/a"},
    "shipping_amount_is_decimal": {"shipping_amount": "free"},
    "total_amount_is_sum_of_its_parts": {"total_amount": "21.02"},
}
WARNED: dict[str, dict[str, str | None]] = {
    "customer_id_is_present": {"customer_id": ""},
    "product_is_present": {"product": None},
    "region_is_present": {"region": None},
    "customer_is_known": {"customer_id": "NOBODY"},
    "sale_is_not_before_signup": {"customer_id": "LATE"},
}


def labelled(engine: Engine, *sales: dict[str, Any]) -> list[dict[str, Any]]:
    """Label sales in the order given; customers C1 and LATE are known."""
    rows: list[dict[str, Any]] = [
        sale | {"_raw_record": f"{place}:{sale}"} for place, sale in enumerate(sales)
    ]
    cleaned = parse_fields(
        raw_frame_of(engine, RAW_SALES, rows), RAW_SALES
    ).withColumns(
        {
            "is_known_customer": F.expr(
                "case when customer_id in ('C1', 'LATE') then true end"
            ),
            "signup_date": F.expr(
                "case when customer_id = 'LATE' then date'2025-09-20' else date'2025-01-01' end"
            ),
        }
    )
    outcomes = engine.rows(classified(engine, cleaned, SALES).rows)
    outcomes.sort(key=lambda row: int(row["_raw_record"].partition(":")[0]))
    return outcomes


def test_every_rule_has_a_row_that_breaks_only_it() -> None:
    assert {rule.name for rule in RAW_SALES.rules} == set(BROKEN) | set(WARNED)


def test_a_sale_that_keeps_every_rule_is_accepted(engine: Engine) -> None:
    [row] = labelled(engine, SALE)

    assert (row["_outcome"], row["_reasons"], row["_warnings"]) == ("accepted", "", "")


def test_a_broken_rule_sends_the_sale_to_quarantine(engine: Engine) -> None:
    extra = dict.fromkeys(
        ("date_is_not_after_as_of", "date_is_not_before_earliest_date"),
        ["date_is_within_range"],
    )

    rows = labelled(engine, *numbered(BROKEN))

    assert {row["_outcome"] for row in rows} == {"quarantined"}
    assert [row["_reasons"].split() for row in rows] == [
        [rule, *extra.get(rule, [])] for rule in BROKEN
    ]


def test_a_warning_keeps_the_sale(engine: Engine) -> None:
    rows = labelled(engine, *numbered(WARNED))

    assert {(row["_outcome"], row["_reasons"]) for row in rows} == {("accepted", "")}
    assert [row["_warnings"] for row in rows] == list(WARNED)


def numbered(changes: Mapping[str, Mapping[str, str | None]]) -> list[dict[str, Any]]:
    """Make a sale of each change, with an id of its own unless the change is about that."""
    return [
        SALE | {"transaction_id": f"N{place}"} | dict(change)
        for place, change in enumerate(changes.values())
    ]


def test_all_broken_rules_of_a_sale_are_told(engine: Engine) -> None:
    [row] = labelled(
        engine, SALE | {"date": "soon", "quantity": "x", "total_amount": "y"}
    )

    assert row["_reasons"].split() == [
        "date_is_valid",
        "quantity_is_whole_number",
        "total_amount_is_decimal",
    ]


def test_a_malformed_record_has_no_other_reason(engine: Engine) -> None:
    nothing = dict.fromkeys(SALE) | {"_fault": "row_is_well_formed"}

    [row] = labelled(engine, nothing)

    assert (row["_outcome"], row["_reasons"]) == ("quarantined", "row_is_well_formed")


@pytest.mark.parametrize("cents", ["20.99", "21.01"])
def test_a_total_may_be_a_cent_off(engine: Engine, cents: str) -> None:
    [row] = labelled(engine, SALE | {"total_amount": cents})

    assert row["_outcome"] == "accepted"


def test_a_return_is_accepted(engine: Engine) -> None:
    [row] = labelled(engine, SALE | {"quantity": "-2", "total_amount": "-21.00"})

    assert row["_outcome"] == "accepted"


def test_of_equal_sales_one_is_kept_however_they_are_spelled(
    engine: Engine,
) -> None:
    respelled = SALE | {
        "date": "2025-09-10T08:00:00Z",
        "unit_price": "10.5",
        "quantity": "2.0",
    }

    rows = labelled(engine, SALE, respelled, SALE)

    assert sorted(row["_outcome"] for row in rows) == [
        "accepted",
        "duplicate",
        "duplicate",
    ]


def test_sales_of_one_id_and_different_content_are_all_quarantined(
    engine: Engine,
) -> None:
    other = SALE | {"quantity": "3", "total_amount": "31.50"}

    rows = labelled(engine, SALE, other, SALE, SALE | {"transaction_id": "T2"})

    assert [row["_outcome"] for row in rows] == ["quarantined"] * 3 + ["accepted"]
    assert [row["_reasons"] for row in rows[:3]] == ["conflicting_duplicate"] * 3


def test_a_broken_version_of_a_sale_makes_its_sound_version_doubtful(
    engine: Engine,
) -> None:
    rows = labelled(engine, SALE, SALE | {"quantity": "many"})

    assert [row["_reasons"] for row in rows] == [
        "conflicting_duplicate",
        "quantity_is_whole_number conflicting_duplicate",
    ]


def test_sales_without_an_id_are_no_versions_of_each_other(engine: Engine) -> None:
    rows = labelled(
        engine, SALE | {"transaction_id": ""}, SALE | {"transaction_id": None}
    )

    assert [row["_reasons"] for row in rows] == ["transaction_id_is_present"] * 2


def test_the_customer_of_the_last_file_wins(engine: Engine) -> None:
    rows: list[dict[str, Any]] = [
        {"customer_id": "C1", "membership_tier": "Gold", "_source_file": "/2.json"},
        {"customer_id": "C1", "membership_tier": "Silver", "_source_file": "/3.json"},
        {"customer_id": "C1", "membership_tier": "Silver", "_source_file": "/1.json"},
        {"customer_id": "", "_source_file": "/1.json"},
    ]

    cleaned = parse_fields(raw_frame_of(engine, RAW_CUSTOMERS, rows), RAW_CUSTOMERS)
    outcomes = engine.rows(classified(engine, cleaned, RAW_CUSTOMERS).rows)

    told = {(row["_source_file"], row["_outcome"]) for row in outcomes}
    assert told == {
        ("/3.json", "accepted"),
        ("/2.json", "duplicate"),
        ("/1.json", "duplicate"),
        ("/1.json", "quarantined"),
    }


def test_the_count_of_outcomes_adds_up(engine: Engine) -> None:
    sales: list[dict[str, Any]] = [
        SALE,
        SALE,
        SALE | {"transaction_id": "T2", "region": None},
        SALE | {"transaction_id": "T3", "date": "soon", "quantity": "x"},
        SALE | {"transaction_id": "T4", "date": "2025-08-01"},
    ]
    cleaned = parse_fields(
        raw_frame_of(engine, RAW_SALES, sales), RAW_SALES
    ).withColumns(
        {"is_known_customer": F.lit(True), "signup_date": F.lit(None).cast("date")}
    )

    tally = classified(engine, cleaned, SALES).tally

    assert (tally.rows_read, tally.rows_loaded, tally.duplicates_removed) == (5, 2, 1)
    assert (tally.rows_quarantined, tally.rows_out_of_range) == (2, 1)
    assert tally.rows_by_reason == {
        "date_is_valid": 1,
        "date_is_within_range": 1,
        "quantity_is_whole_number": 1,
    }
    assert tally.warnings == {"region_is_present": 1}
    assert tally.loaded == {"total_amount": {None: Decimal("42.00")}}
    assert tally.is_balanced
    assert tally.rejected_ratio == 0.25
