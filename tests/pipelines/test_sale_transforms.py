"""Sales are enriched without gaining or losing a row, and summed up without losing a cent."""

from datetime import date
from decimal import Decimal

from salesetl.engines.engine import Engine
from salesetl.parsing import parse_fields
from salesetl.pipelines.sales.contracts import (
    ENRICHED_SALES,
    PARTS_OF_TOTAL,
    RAW_CUSTOMERS,
    RAW_SALES,
    SALES_SUMMARY,
)
from salesetl.pipelines.sales.transforms import (
    build_enriched_sales,
    join_customers,
    summarize_sales,
)
from tests.frames import (
    SALE,
    TYPED_SALE,
    assert_same_rows,
    frame_of,
    on_each_engine,
    raw_frame_of,
)

CUSTOMER = {
    "customer_id": "C1",
    "age_group": "26-35",
    "membership_tier": "Gold",
    "signup_date": date(2024, 1, 1),
}
ENRICHED = (
    TYPED_SALE | CUSTOMER | {"is_return": False, "day": 10, "year": 2025, "month": 9}
)


@on_each_engine
def test_a_delivered_sale_gets_its_types(engine: Engine) -> None:
    padded = {name: f" {text} " for name, text in SALE.items()}
    raw_sales = raw_frame_of(engine, RAW_SALES, [padded])

    sales = parse_fields(raw_sales, RAW_SALES)

    assert_same_rows(
        engine,
        sales.select(*RAW_SALES.columns),
        frame_of(engine, RAW_SALES, [TYPED_SALE]),
    )
    lineage = raw_sales.columns[len(RAW_SALES.columns) :]
    assert sales.columns[len(RAW_SALES.columns) :] == lineage


def test_a_field_that_cannot_be_read_is_null_and_the_row_stays(
    engine: Engine,
) -> None:
    broken = {
        "transaction_id": "",
        "date": "x",
        "quantity": "x",
        "unit_price": "x",
        "total_amount": "x",
    }

    sales = parse_fields(raw_frame_of(engine, RAW_SALES, [broken]), RAW_SALES)

    assert_same_rows(
        engine,
        sales.select(*RAW_SALES.columns),
        frame_of(engine, RAW_SALES, [dict.fromkeys(PARTS_OF_TOTAL, Decimal(0))]),
    )


def test_a_sale_gets_what_is_known_of_its_buyer(engine: Engine) -> None:
    sales = frame_of(engine, RAW_SALES, [TYPED_SALE])
    customers = frame_of(
        engine, RAW_CUSTOMERS, [CUSTOMER, CUSTOMER | {"customer_id": "C2"}]
    )

    joined = join_customers(sales, customers)
    enriched = build_enriched_sales(joined)

    [row] = engine.rows(joined)
    assert row == TYPED_SALE | CUSTOMER | {"is_known_customer": True}
    assert_same_rows(engine, enriched, frame_of(engine, ENRICHED_SALES, [ENRICHED]))


def test_a_sale_stays_when_its_buyer_is_not_known_or_not_named(
    engine: Engine,
) -> None:
    unknown = TYPED_SALE | {"transaction_id": "T2", "customer_id": "NOBODY"}
    unnamed = TYPED_SALE | {"transaction_id": "T3", "customer_id": None}
    customers = frame_of(
        engine, RAW_CUSTOMERS, [CUSTOMER, CUSTOMER | {"customer_id": None}]
    )

    sales = frame_of(engine, RAW_SALES, [unknown, unnamed])
    joined = join_customers(sales, customers)
    enriched = build_enriched_sales(joined)

    assert [row["is_known_customer"] for row in engine.rows(joined)] == [None, None]
    nothing = {"age_group": None, "membership_tier": None, "signup_date": None}
    expected = [ENRICHED | unknown | nothing, ENRICHED | unnamed | nothing]
    assert_same_rows(engine, enriched, frame_of(engine, ENRICHED_SALES, expected))


def test_no_sales_are_enriched_to_none(engine: Engine) -> None:
    joined = join_customers(
        frame_of(engine, RAW_SALES, []), frame_of(engine, RAW_CUSTOMERS, [CUSTOMER])
    )
    enriched = build_enriched_sales(joined)

    assert_same_rows(engine, enriched, frame_of(engine, ENRICHED_SALES, []))


def test_goods_that_come_back_are_returns(engine: Engine) -> None:
    back = TYPED_SALE | {"quantity": Decimal(-1), "total_amount": Decimal("-10.50")}

    joined = join_customers(
        frame_of(engine, RAW_SALES, [back]), frame_of(engine, RAW_CUSTOMERS, [])
    )
    enriched = build_enriched_sales(joined)

    assert [row["is_return"] for row in engine.rows(enriched)] == [True]


@on_each_engine
def test_the_summary_is_net_of_returns_and_counts_units_and_buyers(
    engine: Engine,
) -> None:
    sales = [
        ENRICHED,
        ENRICHED
        | {
            "transaction_id": "T2",
            "quantity": Decimal(3),
            "total_amount": Decimal("31.51"),
        }
        | {"discount_amount": Decimal("0.50"), "tax_amount": Decimal("0.51")},
        ENRICHED
        | {"transaction_id": "T3", "customer_id": "C2", "quantity": Decimal(-1)}
        | {"total_amount": Decimal("-10.50"), "is_return": True},
        ENRICHED | {"transaction_id": "T4", "customer_id": None},
        ENRICHED | {"transaction_id": "T5", "month": 10},
        ENRICHED | {"transaction_id": "T6", "month": 10, "currency": "USD"},
    ]

    summary = summarize_sales(frame_of(engine, ENRICHED_SALES, sales))

    september = {
        "currency": None,
        "region": "North",
        "product": "Lamp",
        "total_revenue": Decimal("63.01"),
        "transaction_count": 4,
        "avg_transaction_value": Decimal("15.75"),
        "units_sold": Decimal(6),
        "return_amount": Decimal("-10.50"),
        "discount_amount": Decimal("0.50"),
        "tax_amount": Decimal("0.51"),
        "shipping_amount": Decimal(0),
        "customer_count": 2,
        "year": 2025,
        "month": 9,
    }
    october = september | {
        "total_revenue": Decimal("21.00"),
        "transaction_count": 1,
        "avg_transaction_value": Decimal("21.00"),
        "units_sold": Decimal(2),
        "return_amount": Decimal("0.00"),
        "discount_amount": Decimal(0),
        "tax_amount": Decimal(0),
        "customer_count": 1,
        "month": 10,
    }
    assert_same_rows(
        engine,
        summary,
        frame_of(
            engine,
            SALES_SUMMARY,
            [september, october, october | {"currency": "USD"}],
        ),
    )


def test_sales_without_a_region_or_product_are_summed_up_too(
    engine: Engine,
) -> None:
    sales = [
        ENRICHED | {"region": None, "product": None},
        ENRICHED | {"transaction_id": "T2"},
    ]

    summary = summarize_sales(frame_of(engine, ENRICHED_SALES, sales))

    revenue = {
        (row["region"], row["product"]): row["total_revenue"]
        for row in engine.rows(summary)
    }
    assert revenue == {
        (None, None): Decimal("21.00"),
        ("North", "Lamp"): Decimal("21.00"),
    }


def test_a_million_prices_of_19_99_add_up_to_the_cent(engine: Engine) -> None:
    row = ENRICHED | {"quantity": Decimal(1), "total_amount": Decimal("19.99")}
    digit = engine.frame([(number,) for number in range(1000)], {"digit": "int"})
    sales = frame_of(engine, ENRICHED_SALES, [row]).crossJoin(digit).drop("digit")
    sales = sales.crossJoin(digit).drop("digit")

    [summary] = engine.rows(summarize_sales(sales))

    assert summary["total_revenue"] == Decimal("19990000.00")
