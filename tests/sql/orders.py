"""Orders on disk and in a lake, for the metrics to be computed from."""

import json
from collections.abc import Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from typing import Any

from salesetl.engines.duckdb import DuckDbEngine
from salesetl.model.options import InputPath
from salesetl.pipelines.orders.pipeline import ORDERS
from salesetl.queries import results
from salesetl.runner.runner import run

Order = dict[str, Any]


def order(
    order_id: str,
    day: str,
    customer_id: str | None = "C1",
    amount: str = "10.00",
    status: str = "paid",
    **fields: Any,
) -> Order:
    """Make an order of one unit unless `items` says otherwise, each (category, quantity, price)."""
    return {
        "order_id": order_id,
        "day": date.fromisoformat(day),
        "customer_id": customer_id,
        "country": "US",
        "status": status,
        "currency": "USD",
        "items": [("Books", 1, Decimal(amount))],
        **fields,
    }


def some_orders(count: int) -> list[Order]:
    """Make orders of seven months of 2025: none in April, no euros in February, July half over."""
    random = Random(count)
    orders = []
    for number in range(count):
        month = random.choice([1, 2, 3, 5, 6, 7])
        day = random.randint(1, 15 if month == 7 else 28)
        orders.append(
            order(
                f"O{number}",
                f"2025-{month:02}-{day:02}",
                random.choice([None, *(f"C{n}" for n in range(count // 8))]),
                status=random.choice(
                    [*["paid"] * 5, "refunded", "cancelled", "pending"]
                ),
                country=random.choice(["US", "DE", None]),
                refund=random.choice([Decimal(0), Decimal("0.35")]),
                currency="USD" if month == 2 else random.choice(["USD", "EUR", "GBP"]),
                items=[
                    (
                        random.choice(["Books", "Toys", "Garden", None]),
                        random.randint(1, 7),
                        Decimal(random.randint(0, 9_999_999)) / 10_000,
                    )
                    for _ in range(random.randint(1, 4))
                ],
            )
        )
    return orders


def late_orders(count: int) -> list[Order]:
    """Make the same orders without those before 20 January, where the lake begins then."""
    return [one for one in some_orders(count) if one["day"] >= date(2025, 1, 20)]


def total(one: Order) -> Decimal:
    """Return what an order is worth."""
    return sum((line_total(*line[1:]) for line in one["items"]), Decimal(0))


def line_total(quantity: int, price: Decimal) -> Decimal:
    """Return what a line is worth, to the cent."""
    return (quantity * price).quantize(Decimal("0.01"), ROUND_HALF_UP)


def lake_of(engine: DuckDbEngine, home: Path, orders: Sequence[Order]) -> str:
    """Publish orders as the job does, and return the lake."""
    home.mkdir(parents=True, exist_ok=True)
    path = home / "orders.json"
    path.write_text("\n".join(_document(one) for one in orders))
    lake = str(home / "lake")
    report = run(ORDERS, engine, orders_path=InputPath(str(path)), output_path=lake)
    assert report.rows_loaded == len(orders)
    return lake


def rows_of(lake: str, name: str) -> list[dict[str, Any]]:
    """Return the rows of a query or view."""
    [(header, rows)] = results(lake, [name])
    return [dict(zip(header, row, strict=True)) for row in rows]


def _document(one: Order) -> str:
    items = [
        {
            "product_id": f"P{place}",
            "category": category,
            "quantity": quantity,
            "unit_price": float(price),
        }
        for place, (category, quantity, price) in enumerate(one["items"])
    ]
    return json.dumps(
        {
            "order_id": one["order_id"],
            "order_timestamp": f"{one['day']}T23:59:59.5Z",
            "customer": {
                "customer_id": one["customer_id"],
                "country": one["country"],
                "segment": "consumer",
            },
            "sales_channel": "online",
            "payment": {"method": "paypal", "status": one["status"]},
            "items": items,
            "order_total": float(total(one)),
            "refund": float(one.get("refund", 0)),
            "currency": one["currency"],
        }
    )
