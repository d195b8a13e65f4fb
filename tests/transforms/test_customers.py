"""Customers get their types; none is lost."""

from datetime import date
from typing import Any

from salesetl.engines.base import Engine
from salesetl.schemas import RAW_CUSTOMERS
from salesetl.transforms.customers import clean_customers
from tests.frames import assert_same_rows, frame_of, on_each_engine, raw_frame_of


@on_each_engine
def test_a_delivered_customer_gets_its_types(engine: Engine) -> None:
    delivered = [
        {
            "customer_id": " C1 ",
            "age_group": "56+",
            "membership_tier": "",
            "signup_date": "2024-02-29",
        },
        {"customer_id": "C2", "signup_date": "29.02.2024"},
    ]

    customers = clean_customers(raw_frame_of(engine, RAW_CUSTOMERS, delivered))

    expected: list[dict[str, Any]] = [
        {"customer_id": "C1", "age_group": "56+", "signup_date": date(2024, 2, 29)},
        {"customer_id": "C2"},
    ]
    assert_same_rows(
        engine,
        customers.select(*RAW_CUSTOMERS.columns),
        frame_of(engine, RAW_CUSTOMERS, expected),
    )
