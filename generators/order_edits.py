"""Edits of an order that make a faulty delivery of it."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Order = dict[str, Any]
"""One order as its JSON object."""


def line_of(order: Order) -> str:
    """Write an order as a line."""
    return json.dumps(order, ensure_ascii=False)


def changed(**fields: Any) -> Callable[[Order], list[str]]:
    """Change fields of an order."""
    return lambda order: [line_of(order | fields)]


def twice(change: Callable[[Order], Order]) -> Callable[[Order], list[str]]:
    """Deliver an order, and again with a change."""
    return lambda order: [line_of(order), line_of(change(order))]


def _with_item(order: Order, **fields: Any) -> Order:
    """Change the first item of an order."""
    first, *others = order["items"]
    return order | {"items": [first | fields, *others]}


def _with_sound_total(order: Order) -> Order:
    return order | {"order_total": float(total_of(order))}


def total_of(order: Order) -> Decimal:
    """Return the sum of the items of an order, each to the cent."""
    lines = (
        Decimal(str(item["unit_price"])) * item["quantity"] for item in order["items"]
    )
    cents = (line.quantize(Decimal("0.01"), ROUND_HALF_UP) for line in lines)
    return sum(cents, Decimal("0.00"))


def with_customer(order: Order, customer_id: str) -> Order:
    """Give an order to another customer."""
    return order | {"customer": order["customer"] | {"customer_id": customer_id}}


def item_changed(**fields: Any) -> Callable[[Order], list[str]]:
    """Change fields of the first item."""
    return lambda order: [line_of(_with_item(order, **fields))]


def recounted(count: Callable[[int], int]) -> Callable[[Order], list[str]]:
    """Change the quantity of the first item, and the total that goes with it."""
    return lambda order: [line_of(times(order, count(order["items"][0]["quantity"])))]


def times(order: Order, quantity: int) -> Order:
    """Change the quantity of the first item, and the total that goes with it."""
    return _with_sound_total(_with_item(order, quantity=quantity))


def at(write: Callable[[datetime], Any]) -> Callable[[Order], list[str]]:
    """Write the time of an order in another form."""

    def lines(order: Order) -> list[str]:
        moment = datetime.fromisoformat(order["order_timestamp"])
        return [line_of(order | {"order_timestamp": write(moment)})]

    return lines


def negative_price(order: Order) -> list[str]:
    """Make the price of the first item negative, and the total sound."""
    price = -order["items"][0]["unit_price"]
    return [line_of(_with_sound_total(_with_item(order, unit_price=price)))]


def wrong_total(order: Order) -> list[str]:
    """Add one to the total of an order."""
    return [line_of(order | {"order_total": float(total_of(order) + 1)})]


def in_texts(order: Order) -> Order:
    """Write every number of an order as a text."""
    items = [
        item
        | {"quantity": str(item["quantity"]), "unit_price": f" {item['unit_price']}00"}
        for item in order["items"]
    ]
    return order | {"items": items, "order_total": str(order["order_total"])}


def amended(order: Order) -> Order:
    """Return what becomes of an order later: one item is left, and more of that."""
    return times(
        order | {"items": order["items"][:1]}, order["items"][0]["quantity"] + 7
    )
