"""A lake of a shop whose names are hostile to a page."""

import pytest

from salesetl.engines.duckdb import DuckDbEngine
from tests.jobs.shop import Shop, order, sale

HOSTILE = "</script><script>alert('x')</script>&<b>"


@pytest.fixture(scope="module")
def shop(duckdb: DuckDbEngine, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Load sales of three months and orders of two, some of them broken."""
    shop = Shop(duckdb, tmp_path_factory.mktemp("shop"))
    sales = [
        sale(
            100 * month + day,
            date=f"2025-{month:02}-{day:02}",
            product=HOSTILE if day == 5 else "Lamp",
            customer_id={0: "C2", 1: "C1", 2: ""}[day % 3],
            region=HOSTILE if day == 7 else "North",
        )
        for month in (8, 9, 10)
        for day in range(1, 29 if month == 10 else 31)
    ]
    shop.load(shop.deliver("sales", [*sales, sale(1, quantity="x")]))
    orders = [
        order(
            number,
            order_timestamp=f"2025-0{1 + number % 2}-1{number % 8}T09:00:00Z",
            currency="EUR" if number % 5 else "USD",
        )
        for number in range(20)
    ]
    shop.load_orders(
        shop.deliver_orders("orders", [*orders, order(99, currency="ZZZ")])
    )
    return shop
