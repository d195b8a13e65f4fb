"""Every rule of orders is broken by an order that keeps all the others."""

import json
from datetime import date
from typing import Any

import pytest

from salesetl.engines.engine import Engine
from salesetl.item_totals import with_totals
from salesetl.parsing import parse_fields
from salesetl.pipelines.orders.contracts import (
    FACT_ORDER_ITEMS,
    FACT_ORDERS,
    RAW_ORDERS,
)
from salesetl.pipelines.orders.pipeline import ORDERS as ORDERS_PIPELINE
from tests.frames import ITEM, ORDER, classified, raw_objects_of

ORDERS = RAW_ORDERS.bind(
    as_of=date(2025, 1, 31),
    earliest_date=date(1970, 1, 1),
    start_date=date(2025, 1, 1),
    end_date=date(2025, 1, 31),
)
CUSTOMER = ORDER["customer"]
PAYMENT = ORDER["payment"]

BROKEN: dict[str, dict[str, Any]] = {
    "order_id_is_present": {"order_id": " "},
    "text_is_readable": {
        "items": [ITEM | {"category": "caf\ufffd"}],
        "order_total": 21,
    },
    "identifiers_are_visible": {"order_id": "O\u00a01"},
    "identifiers_are_whole": {"customer": CUSTOMER | {"customer_id": "8.41E+12"}},
    "order_timestamp_is_valid": {"order_timestamp": "2025-13-45T10:00:00Z"},
    "order_is_not_after_as_of": {"order_timestamp": "2025-02-01T00:00:00Z"},
    "order_is_not_before_earliest_date": {"order_timestamp": "1969-12-31T23:59:59Z"},
    "order_is_within_range": {"order_timestamp": "2024-12-31T23:59:59Z"},
    "order_has_items": {"items": [], "order_total": 0},
    "discount_amount_is_decimal": {"discount": "10 %"},
    "tax_amount_is_decimal": {"tax": "n/a"},
    "shipping_amount_is_decimal": {"shipping": "free"},
    "refund_amount_is_decimal": {"refund": "all"},
    "quantities_are_positive": {"items": [ITEM | {"quantity": 0}], "order_total": 0},
    "unit_prices_are_valid": {
        "items": [ITEM | {"unit_price": -10.5}],
        "order_total": -21,
    },
    "currency_is_known": {"currency": "ZZZ"},
    "order_total_is_decimal": {"order_total": "n/a"},
    "order_total_is_sum_of_items": {"order_total": 25.26},
}
WARNED: dict[str, dict[str, Any]] = {
    "customer_id_is_present": {"customer": CUSTOMER | {"customer_id": ""}},
    "payment_status_is_known": {"payment": PAYMENT | {"status": "chargeback"}},
    "products_are_present": {"items": [ITEM | {"product_id": None}], "order_total": 21},
}


def labelled(engine: Engine, *orders: dict[str, Any]) -> list[dict[str, Any]]:
    """Label orders, and return them by their records."""
    cleaned = with_totals(
        parse_fields(raw_objects_of(engine, ORDERS_PIPELINE.main, orders), RAW_ORDERS)
    )
    rows = engine.rows(classified(engine, cleaned, ORDERS).rows)
    return sorted(rows, key=lambda row: str(row["_raw_record"]))


def test_every_rule_has_an_order_that_breaks_only_it() -> None:
    # Only a profile maps the day of an order, beside its moment.
    mapped = {"order_date_is_valid"}
    assert {rule.name for rule in RAW_ORDERS.rules} == {*BROKEN, *WARNED, *mapped}


def test_an_order_that_keeps_every_rule_is_accepted(engine: Engine) -> None:
    [row] = labelled(engine, ORDER)

    assert (row["_outcome"], row["_reasons"], row["_warnings"]) == ("accepted", "", "")


def test_a_broken_rule_sends_the_order_to_quarantine(engine: Engine) -> None:
    extra = dict.fromkeys(
        ("order_is_not_after_as_of", "order_is_not_before_earliest_date"),
        ["order_is_within_range"],
    )

    rows = labelled_in_order(engine, *BROKEN.values())

    assert {row["_outcome"] for row in rows} == {"quarantined"}
    assert [row["_reasons"].split() for row in rows] == [
        [rule, *extra.get(rule, [])] for rule in BROKEN
    ]


def test_a_warning_keeps_the_order(engine: Engine) -> None:
    rows = labelled_in_order(engine, *WARNED.values())

    assert {(row["_outcome"], row["_reasons"]) for row in rows} == {("accepted", "")}
    assert [row["_warnings"] for row in rows] == list(WARNED)


def labelled_in_order(engine: Engine, *changes: dict[str, Any]) -> list[dict[str, Any]]:
    """Label an order of each change, with an id of its own unless the change is about that."""
    orders = [
        {"place": place} | ORDER | {"order_id": f"O{place}"} | change
        for place, change in enumerate(changes)
    ]
    rows = labelled(engine, *orders)
    return sorted(rows, key=lambda row: int(json.loads(row["_raw_record"])["place"]))


def test_a_quantity_is_a_whole_number_above_zero(engine: Engine) -> None:
    quantities = {-2: -21.0, 1.5: 21.0, None: 21.0, "two": 21.0, 2**31: 21.0}

    rows = labelled_in_order(
        engine,
        *(
            {"items": [ITEM | {"quantity": quantity}], "order_total": total}
            for quantity, total in quantities.items()
        ),
    )

    reasons = [row["_reasons"] for row in rows]
    assert reasons == ["quantities_are_positive"] * len(quantities)


def test_a_price_has_at_most_four_decimals(engine: Engine) -> None:
    prices = ["free", None, 10.50001, 100_000_000]

    rows = labelled_in_order(
        engine, *({"items": [ITEM | {"unit_price": price}]} for price in prices)
    )

    reasons = [row["_reasons"] for row in rows]
    assert reasons == ["unit_prices_are_valid"] * len(prices)


def test_a_gift_costs_nothing(engine: Engine) -> None:
    gift = ORDER | {"items": [ITEM | {"unit_price": 0}], "order_total": 0}

    [row] = labelled(engine, gift)

    assert (row["_outcome"], row["_warnings"]) == ("accepted", "")


@pytest.mark.parametrize("total", [25.24, 25.26])
def test_a_total_may_not_be_a_cent_off(engine: Engine, total: float) -> None:
    [row] = labelled(engine, ORDER | {"order_total": total})

    assert row["_reasons"] == "order_total_is_sum_of_items"


def test_an_absurd_line_is_a_wrong_total_and_stops_nobody(engine: Engine) -> None:
    absurd = [ITEM | {"quantity": 2**31 - 1, "unit_price": 99_999_999.9999}] * 3

    rows = labelled(engine, ORDER, ORDER | {"order_id": "O2", "items": absurd})

    assert [row["_reasons"] for row in rows] == ["", "order_total_is_sum_of_items"]


def test_equal_orders_are_one_however_they_are_spelled(engine: Engine) -> None:
    items = [ORDER["items"][0] | {"quantity": "2", "unit_price": "10.50"}]
    respelled = {
        "items": [*items, *ORDER["items"][1:]],
        "order_total": "25.250",
        "order_timestamp": 1736497800000,
    }

    rows = labelled(engine, ORDER, ORDER | respelled, ORDER)

    outcomes = sorted(row["_outcome"] for row in rows)
    assert outcomes == ["accepted", "duplicate", "duplicate"]


@pytest.mark.parametrize(
    "change",
    [
        {"payment": PAYMENT | {"status": "refunded"}},
        {"items": ORDER["items"][::-1]},
        {"items": [ITEM | {"category": "sports"}, *ORDER["items"][1:]]},
    ],
)
def test_versions_of_an_order_in_one_file_are_a_conflict(
    engine: Engine, change: dict[str, Any]
) -> None:
    rows = labelled(engine, ORDER, ORDER | change, ORDER | {"order_id": "O2"})

    assert [row["_reasons"] for row in rows] == ["conflicting_duplicate"] * 2 + [""]


def test_lines_come_and_go_with_their_order() -> None:
    assert FACT_ORDER_ITEMS.replaced_by == FACT_ORDERS.key == RAW_ORDERS.key


def test_a_total_holds_discount_tax_and_shipping(engine: Engine) -> None:
    parts = {"discount": "1.50", "tax": 2, "shipping": 4.9}

    rows = labelled_in_order(
        engine,
        parts | {"order_total": 30.65},
        parts | {"order_total": 25.25},
    )

    assert [row["_reasons"] for row in rows] == ["", "order_total_is_sum_of_items"]


def test_a_refund_is_an_order_of_negative_lines(engine: Engine) -> None:
    back = {"items": [ITEM | {"quantity": -2}], "order_total": -21}
    refunded = {"payment": PAYMENT | {"status": "refunded"}}

    rows = labelled_in_order(
        engine,
        back | refunded,
        back,
        refunded | {"items": [ITEM | {"quantity": -2}, ITEM], "order_total": -10.5},
    )

    assert [row["_reasons"].split()[:1] for row in rows] == [
        [],
        ["quantities_are_positive"],
        ["quantities_are_positive"],
    ]
