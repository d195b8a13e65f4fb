"""Faults of the shop's sales as in real streams, each with its expected outcome."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from generators.dirt import Dirt
from generators.order_edits import line_of

ShopSale = dict[str, Any]
"""One sale as its JSON object."""

_INDIA = timezone(timedelta(hours=5, minutes=30))


def _changed(**fields: Any) -> Callable[[ShopSale], list[str]]:
    return lambda sale: [line_of(sale | fields)]


def _at_home(sale: ShopSale) -> list[str]:
    moment = datetime.fromisoformat(sale["order_time"]).astimezone(_INDIA)
    return [line_of(sale | {"order_time": moment.isoformat()})]


SHOP_DIRT: tuple[Dirt[ShopSale], ...] = (
    Dirt("missing_order_id", _changed(order_id=None), "order_id_is_present"),
    Dirt("missing_user_id", _changed(user_id=None), loaded=1, warning="user_is_known"),
    Dirt(
        "missing_product_id",
        _changed(product_id=None),
        loaded=1,
        warning="product_is_known",
    ),
    Dirt(
        "impossible_time",
        _changed(order_time="2025-13-45T10:00:00Z"),
        "order_time_is_valid",
    ),
    Dirt("fractional_quantity", _changed(quantity=1.5), "quantity_is_valid"),
    Dirt("zero_quantity", _changed(quantity=0, total_amount=0), "quantity_is_valid"),
    Dirt(
        "negative_price",
        lambda sale: _changed(
            unit_price=-sale["unit_price"], total_amount=-sale["total_amount"]
        )(sale),
        "unit_price_is_valid",
    ),
    Dirt("price_as_words", _changed(unit_price="free"), "unit_price_is_valid"),
    Dirt("total_as_words", _changed(total_amount="n/a"), "total_amount_is_decimal"),
    Dirt(
        "wrong_total",
        lambda sale: _changed(total_amount=sale["total_amount"] + 1)(sale),
        "total_amount_is_quantity_times_price",
    ),
    Dirt(
        "cut_off",
        lambda sale: [line_of(sale)[: len(line_of(sale)) // 2]],
        "row_is_well_formed",
    ),
    Dirt("sent_twice", lambda sale: [line_of(sale)] * 2, loaded=1, duplicates=1),
    Dirt(
        "numbers_as_texts",
        lambda sale: [line_of({name: str(value) for name, value in sale.items()})],
        loaded=1,
    ),
    Dirt("time_with_offset", _at_home, loaded=1),
)
