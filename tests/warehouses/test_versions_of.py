"""Versions are those of all deliveries, told from them at once as by hand one after the other."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouses.compiled_models import compiled_models
from tests.warehouses.dbt_program import needs_dbt
from tests.warehouses.version_model import Delivery, history_of

pytestmark = [needs_dbt, pytest.mark.slow]

FIRST = date(2025, 1, 10)
PRODUCTS = ("P1", "P2", "P3")

snapshots = st.dictionaries(st.sampled_from(PRODUCTS), st.integers(1, 2), max_size=3)
deliveries = st.builds(
    Delivery,
    snapshots,
    st.frozensets(st.sampled_from([*PRODUCTS, None]), max_size=2),
)
histories = st.dictionaries(
    st.integers(0, 7).map(lambda days: FIRST + timedelta(days)), deliveries, min_size=1
)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Compile the models once."""
    return compiled_models(tmp_path_factory.mktemp("dbt"))


@pytest.fixture(scope="module")
def warehouse(models: dict[str, str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an empty warehouse with the models as views."""
    opened = duckdb.connect()
    opened.execute("""
        create table products (product_id varchar, product_name varchar, category varchar,
            price decimal(12, 4), stock_quantity integer, delivered_on date);
        create table rejected_products (product_id varchar, delivered_on date);
        create table customers (customer_id varchar, first_name varchar, last_name varchar,
            email varchar, registration_date date, delivered_on date);
        create table rejected_customers (customer_id varchar, delivered_on date);
        create table order_lines (order_id varchar, line_number integer, customer_id varchar,
            product_id varchar, order_date date, quantity integer, unit_price decimal(12, 4),
            total_amount decimal(18, 2));
        """)
    for name in ("customer_versions", "product_versions", "fact_order_lines"):
        opened.execute(f"create view {name} as {models[name]}")
    yield opened
    opened.close()


def fill(
    opened: duckdb.DuckDBPyConnection, found: Mapping[date, Delivery], days: list[date]
) -> None:
    """Put deliveries into the staging tables, and an order of each product on each day."""
    for table in ("products", "rejected_products", "order_lines"):
        opened.execute(f"delete from {table}")
    for day in days:
        for product, price in found[day].products.items():
            row = [product, product, "Books", price, None, day]
            opened.execute("insert into products values (?, ?, ?, ?, ?, ?)", row)
        for rejected in found[day].rejected:
            row = [rejected, day]
            opened.execute("insert into rejected_products values (?, ?)", row)
    for number in range(-3, 11):
        for product in PRODUCTS:
            day = FIRST + timedelta(number)
            row = [f"{day}", 1, "C1", product, day, 1, 1, 1]
            opened.execute(
                "insert into order_lines values (?, ?, ?, ?, ?, ?, ?, ?)",
                [f"{product} {day}", *row[1:]],
            )


@settings(max_examples=60)
@given(histories, st.randoms(use_true_random=False))
def test_versions_are_those_of_a_plain_model_in_any_order_of_deliveries(
    warehouse: duckdb.DuckDBPyConnection,
    found: dict[date, Delivery],
    order: Random,
) -> None:
    days = list(found)
    order.shuffle(days)
    fill(warehouse, found, days)

    versions = warehouse.execute("""
        select product_id, cast(price as integer), valid_from, valid_to, is_deleted, is_current
        from product_versions order by product_id, valid_from
        """).fetchall()

    due = history_of(found)
    assert versions == [
        (
            each.product,
            each.price,
            each.valid_from,
            each.valid_to,
            each.is_deleted,
            each.valid_to is None,
        )
        for each in sorted(
            due.versions, key=lambda each: (each.product, each.valid_from)
        )
    ]
    lines = warehouse.execute("""
        select lines.order_id, cast(versions.price as integer), lines.product_key
        from fact_order_lines as lines
        left join product_versions as versions on lines.product_key = versions.version_key
        """).fetchall()
    assert len(lines) == 14 * len(PRODUCTS)
    for order_id, price, key in lines:
        product, _, day = order_id.partition(" ")
        expected = due.price_on(product, date.fromisoformat(day))
        assert (price, key == -1) == (expected, expected is None)


def test_two_texts_that_look_alike_together_are_two_versions(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    warehouse.execute("delete from customers")
    for day, names in enumerate([("a", "b|c"), ("a|b", "c"), ("a", None), ("a", "")]):
        row = ["C1", *names, "x", date(2024, 1, 1), FIRST + timedelta(day)]
        warehouse.execute("insert into customers values (?, ?, ?, ?, ?, ?)", row)

    [(count,)] = warehouse.execute("select count(*) from customer_versions").fetchall()

    assert count == 4
