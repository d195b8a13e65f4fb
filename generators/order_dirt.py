"""Faults of orders as in real deliveries, each with its expected outcome."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from generators.dirt import BROKEN_CHARACTER, Answers, Dirt

Order = dict[str, Any]
"""One order as its JSON object."""


def _line(order: Order) -> str:
    return json.dumps(order, ensure_ascii=False)


def _changed(**fields: Any) -> Callable[[Order], list[str]]:
    return lambda order: [_line(order | fields)]


def _twice(change: Callable[[Order], Order]) -> Callable[[Order], list[str]]:
    return lambda order: [_line(order), _line(change(order))]


def _with_item(order: Order, **fields: Any) -> Order:
    """Change the first item of an order."""
    first, *others = order["items"]
    return order | {"items": [first | fields, *others]}


def _with_sound_total(order: Order) -> Order:
    return order | {"order_total": float(_total(order))}


def _total(order: Order) -> Decimal:
    lines = (
        Decimal(str(item["unit_price"])) * item["quantity"] for item in order["items"]
    )
    cents = (line.quantize(Decimal("0.01"), ROUND_HALF_UP) for line in lines)
    return sum(cents, Decimal("0.00"))


def _with_customer(order: Order, customer_id: str) -> Order:
    return order | {"customer": order["customer"] | {"customer_id": customer_id}}


def _item_changed(**fields: Any) -> Callable[[Order], list[str]]:
    return lambda order: [_line(_with_item(order, **fields))]


def _recounted(count: Callable[[int], int]) -> Callable[[Order], list[str]]:
    """Change the quantity of the first item, and the total that goes with it."""
    return lambda order: [_line(_times(order, count(order["items"][0]["quantity"])))]


def _times(order: Order, quantity: int) -> Order:
    return _with_sound_total(_with_item(order, quantity=quantity))


def _at(write: Callable[[datetime], Any]) -> Callable[[Order], list[str]]:
    """Write the time of an order in another form."""

    def lines(order: Order) -> list[str]:
        moment = datetime.fromisoformat(order["order_timestamp"])
        return [_line(order | {"order_timestamp": write(moment)})]

    return lines


def _negative_price(order: Order) -> list[str]:
    price = -order["items"][0]["unit_price"]
    return [_line(_with_sound_total(_with_item(order, unit_price=price)))]


def _wrong_total(order: Order) -> list[str]:
    return [_line(order | {"order_total": float(_total(order) + 1)})]


def _in_texts(order: Order) -> Order:
    """Write every number of an order as a text."""
    items = [
        item
        | {"quantity": str(item["quantity"]), "unit_price": f" {item['unit_price']}00"}
        for item in order["items"]
    ]
    return order | {"items": items, "order_total": str(order["order_total"])}


def _amended(order: Order) -> Order:
    """Return what becomes of an order later: one item is left, and more of that."""
    return _times(
        order | {"items": order["items"][:1]}, order["items"][0]["quantity"] + 7
    )


_INDIA = timezone(timedelta(hours=5, minutes=30))

DIRT: tuple[Dirt[Order], ...] = (
    Dirt("missing_order_id", _changed(order_id=None), "order_id_is_present"),
    Dirt(
        "impossible_timestamp",
        _changed(order_timestamp="2025-13-45T10:00:00Z"),
        "order_timestamp_is_valid",
    ),
    Dirt(
        "future_timestamp",
        _changed(order_timestamp="2999-01-01T00:00:00Z"),
        "order_is_not_after_as_of",
    ),
    Dirt(
        "ancient_timestamp",
        _changed(order_timestamp="1899-12-31T10:00:00Z"),
        "order_is_not_before_earliest_date",
    ),
    Dirt(
        "invisible_character",
        lambda order: [
            _line(_with_customer(order, f"\u200b{order['order_id']}\u00a0-"))
        ],
        "identifiers_are_visible",
    ),
    Dirt(
        "shortened_by_a_spreadsheet",
        lambda order: [_line(_with_customer(order, "8.41E+12"))],
        "identifiers_are_whole",
    ),
    Dirt("no_items", _changed(items=[], order_total=0), "order_has_items"),
    Dirt(
        "negative_quantity", _recounted(lambda count: -count), "quantities_are_positive"
    ),
    Dirt("zero_quantity", _recounted(lambda count: 0), "quantities_are_positive"),
    Dirt("fractional_quantity", _item_changed(quantity=1.5), "quantities_are_positive"),
    Dirt("negative_price", _negative_price, "unit_prices_are_valid"),
    Dirt("price_as_words", _item_changed(unit_price="free"), "unit_prices_are_valid"),
    Dirt(
        "too_many_decimals", _item_changed(unit_price=12.34567), "unit_prices_are_valid"
    ),
    Dirt("wrong_total", _wrong_total, "order_total_is_sum_of_items"),
    Dirt("total_as_words", _changed(order_total="n/a"), "order_total_is_decimal"),
    Dirt("unknown_currency", _changed(currency="ZZZ"), "currency_is_known"),
    Dirt(
        "cut_off",
        lambda order: [_line(order)[: len(_line(order)) // 2]],
        "row_is_well_formed",
    ),
    Dirt(
        "not_an_object",
        lambda order: [json.dumps(order["order_id"])],
        "row_is_well_formed",
    ),
    Dirt(
        "broken_character",
        _changed(sales_channel=f"t{BROKEN_CHARACTER}l{BROKEN_CHARACTER}phone"),
        "text_is_readable",
    ),
    Dirt(
        "conflicting_duplicate",
        _twice(lambda order: _times(order, order["items"][0]["quantity"] + 7)),
        "conflicting_duplicate",
    ),
    Dirt("exact_duplicate", _twice(lambda order: order), loaded=1, duplicates=1),
    Dirt("respelled_duplicate", _twice(_in_texts), loaded=1, duplicates=1),
    Dirt("numbers_as_texts", lambda order: [_line(_in_texts(order))], loaded=1),
    Dirt(
        "timestamp_in_milliseconds",
        _at(lambda moment: int(moment.timestamp()) * 10**3),
        loaded=1,
    ),
    Dirt(
        "timestamp_in_nanoseconds",
        _at(lambda moment: int(moment.timestamp()) * 10**9),
        loaded=1,
    ),
    Dirt(
        "timestamp_with_offset",
        _at(lambda moment: moment.astimezone(_INDIA).isoformat()),
        loaded=1,
    ),
    Dirt(
        "missing_customer",
        _changed(customer=None),
        loaded=1,
        warning="customer_id_is_present",
    ),
    Dirt(
        "unknown_payment_status",
        _changed(payment={"method": "wallet", "status": "chargeback"}),
        loaded=1,
        warning="payment_status_is_known",
    ),
    Dirt(
        "missing_product_id",
        _item_changed(product_id=None),
        loaded=1,
        warning="products_are_present",
    ),
)
AMENDED: Dirt[Order] = Dirt(
    "amended_next_month", _twice(_amended), loaded=1, duplicates=1
)


def spoil(
    order: Order, number: float, answers: Answers, next_month: list[str] | None
) -> str:
    """Return an order with the fault that a number in [0, 1) picks, entered in the answers.

    Of an order that is amended, the later version is added to the lines of the next month, if there
    is one.
    """
    kinds = DIRT if next_month is None else (*DIRT, AMENDED)
    dirt = kinds[int(number * len(kinds))]
    lines = dirt.lines(order)
    loaded = _amended(order) if dirt is AMENDED else order
    amount, currency = _total(loaded), order["currency"]
    answers.add(dirt, order["order_id"], amount, len(lines), currency)
    if dirt is AMENDED and next_month is not None:
        next_month.append(lines.pop())
    return "\n".join(lines)
