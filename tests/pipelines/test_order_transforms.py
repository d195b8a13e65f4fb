"""Orders become a row each and a row a line, without losing a line or a cent."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from pyspark.sql import DataFrame

from salesetl.engines.engine import Engine
from salesetl.item_totals import with_totals
from salesetl.parsing import parse_fields
from salesetl.pipelines.orders.contracts import (
    FACT_ORDER_ITEMS,
    FACT_ORDERS,
    RAW_ORDERS,
)
from salesetl.pipelines.orders.pipeline import ORDERS as ORDERS_PIPELINE
from salesetl.pipelines.orders.transforms import (
    build_fact_order_items,
    build_fact_orders,
)
from tests.frames import (
    ITEM,
    ORDER,
    assert_same_rows,
    frame_of,
    on_each_engine,
    raw_objects_of,
)

FACT_ORDER = {
    "order_id": "O1",
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
    "order_year": "2025",
    "order_month": "01",
}
FACT_LINE = {
    "order_id": "O1",
    "line_number": 1,
    "order_date": date(2025, 1, 10),
    "currency": "USD",
    "product_id": "P1",
    "category": "home",
    "quantity": 2,
    "unit_price": Decimal("10.5000"),
    "line_total": Decimal("21.00"),
    "order_year": "2025",
    "order_month": "01",
}


def cleaned(engine: Engine, *orders: dict[str, Any]) -> DataFrame:
    """Read and clean delivered orders."""
    return with_totals(
        parse_fields(raw_objects_of(engine, ORDERS_PIPELINE.main, orders), RAW_ORDERS)
    )


@on_each_engine
def test_an_order_is_a_row_with_its_day_and_its_month(engine: Engine) -> None:
    orders = build_fact_orders(cleaned(engine, ORDER))

    assert_same_rows(engine, orders, frame_of(engine, FACT_ORDERS, [FACT_ORDER]))


@on_each_engine
def test_the_lines_of_an_order_are_rows_numbered_from_one(engine: Engine) -> None:
    lines = build_fact_order_items(cleaned(engine, ORDER))

    second = FACT_LINE | {
        "line_number": 2,
        "product_id": "P2",
        "category": "beauty",
        "quantity": 1,
        "unit_price": Decimal("4.2500"),
        "line_total": Decimal("4.25"),
    }
    expected = frame_of(engine, FACT_ORDER_ITEMS, [FACT_LINE, second])
    assert_same_rows(engine, lines, expected)


def test_fields_that_are_missing_are_null_and_the_order_stays(engine: Engine) -> None:
    bare = {"order_id": "O1", "order_timestamp": ORDER["order_timestamp"]}
    orders = cleaned(
        engine, bare, bare | {"customer": None, "payment": None, "items": None}
    )

    known = ("order_id", "order_timestamp", "order_date", "order_year", "order_month")
    parts = ("discount_amount", "tax_amount", "shipping_amount", "refund_amount")
    names = [name for name in FACT_ORDERS.columns if name != "item_count"]
    expected = dict.fromkeys(names) | dict.fromkeys(parts, Decimal("0.00"))
    expected |= {name: FACT_ORDER[name] for name in known}
    assert_same_rows(
        engine,
        build_fact_orders(orders).select(*names),
        frame_of(engine, FACT_ORDERS, [expected, expected]).select(*names),
    )
    assert not engine.rows(build_fact_order_items(orders))


def test_fields_that_cannot_be_read_are_null_and_the_line_stays(engine: Engine) -> None:
    broken = ORDER | {
        "order_timestamp": "soon",
        "order_total": "much",
        "items": [ITEM | {"quantity": "many", "unit_price": "dear"}, ITEM],
    }

    orders = cleaned(engine, broken)

    [order] = engine.rows(build_fact_orders(orders))
    names = ("order_timestamp", "order_date", "order_month", "order_total")
    assert [order[name] for name in names] == [None] * 4
    assert (order["item_count"], order["items_total"]) == (2, None)
    lines = engine.rows(build_fact_order_items(orders).orderBy("line_number"))
    assert [line["line_total"] for line in lines] == [None, Decimal("21.00")]


def test_no_orders_have_no_lines(engine: Engine) -> None:
    orders = cleaned(engine)

    nothing = frame_of(engine, FACT_ORDERS, [])
    assert_same_rows(engine, build_fact_orders(orders), nothing)
    no_lines = frame_of(engine, FACT_ORDER_ITEMS, [])
    assert_same_rows(engine, build_fact_order_items(orders), no_lines)


def test_an_order_without_lines_sums_up_to_nothing(engine: Engine) -> None:
    orders = cleaned(engine, ORDER | {"items": []})

    [order] = engine.rows(build_fact_orders(orders))
    assert (order["item_count"], order["items_total"]) == (0, Decimal("0.00"))
    assert not engine.rows(build_fact_order_items(orders))


def test_equal_lines_of_an_order_are_lines_each(engine: Engine) -> None:
    orders = cleaned(engine, ORDER | {"items": [ITEM] * 3})

    expected = [FACT_LINE | {"line_number": number} for number in (1, 2, 3)]
    assert_same_rows(
        engine,
        build_fact_order_items(orders),
        frame_of(engine, FACT_ORDER_ITEMS, expected),
    )


LINE_TOTALS = [
    (1, 0.125, "0.13"),
    (3, 0.0575, "0.17"),
    (3, 0.115, "0.35"),
    (1, 0.0049, "0.00"),
    (1, 0.005, "0.01"),
    (7, 14.2857, "100.00"),
    (1, 1.005, "1.01"),
]


def test_a_line_is_rounded_half_up_to_the_cent(engine: Engine) -> None:
    delivered = []
    for place, (quantity, price, _) in enumerate(LINE_TOTALS):
        item = ITEM | {"quantity": quantity, "unit_price": price}
        delivered.append(ORDER | {"order_id": f"O{place}", "items": [item, item]})

    orders = cleaned(engine, *delivered)

    lines = engine.rows(build_fact_order_items(orders))
    assert sorted((line["order_id"], str(line["line_total"])) for line in lines) == [
        (f"O{place}", total)
        for place, (_, _, total) in enumerate(LINE_TOTALS)
        for _ in range(2)
    ]
    sums = engine.rows(build_fact_orders(orders))
    assert {row["order_id"]: row["items_total"] for row in sums} == {
        f"O{place}": 2 * Decimal(total)
        for place, (_, _, total) in enumerate(LINE_TOTALS)
    }


MOMENTS = [
    ("2025-02-01T00:30:00+05:30", date(2025, 1, 31)),
    ("2025-01-31T23:30:00-01:00", date(2025, 2, 1)),
    ("2024-12-31T23:59:59.999Z", date(2024, 12, 31)),
    (1735689600000, date(2025, 1, 1)),
    (1735689599999999999, date(2024, 12, 31)),
]


def test_an_order_belongs_to_its_month_in_utc(engine: Engine) -> None:
    orders = cleaned(
        engine,
        *(
            ORDER | {"order_id": f"O{place}", "order_timestamp": moment}
            for place, (moment, _) in enumerate(MOMENTS)
        ),
    )

    expected = {f"O{place}": day for place, (_, day) in enumerate(MOMENTS)}
    lines = engine.rows(build_fact_order_items(orders))
    for rows in (engine.rows(build_fact_orders(orders)), lines):
        assert {row["order_id"]: row["order_date"] for row in rows} == expected
        assert all(
            row["order_year"] + row["order_month"] == f"{row['order_date']:%Y%m}"
            for row in rows
        )
