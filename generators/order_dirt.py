"""Faults of orders as in real deliveries, each with its expected outcome."""

import json
from datetime import timedelta, timezone

from generators.dirt import BROKEN_CHARACTER, Answers, Dirt
from generators.order_edits import (
    Order,
    amended,
    at,
    changed,
    in_texts,
    item_changed,
    line_of,
    negative_price,
    recounted,
    times,
    total_of,
    twice,
    with_customer,
    wrong_total,
)

_INDIA = timezone(timedelta(hours=5, minutes=30))

DIRT: tuple[Dirt[Order], ...] = (
    Dirt("missing_order_id", changed(order_id=None), "order_id_is_present"),
    Dirt(
        "impossible_timestamp",
        changed(order_timestamp="2025-13-45T10:00:00Z"),
        "order_timestamp_is_valid",
    ),
    Dirt(
        "future_timestamp",
        changed(order_timestamp="2999-01-01T00:00:00Z"),
        "order_is_not_after_as_of",
    ),
    Dirt(
        "ancient_timestamp",
        changed(order_timestamp="1899-12-31T10:00:00Z"),
        "order_is_not_before_earliest_date",
    ),
    Dirt(
        "invisible_character",
        lambda order: [
            line_of(with_customer(order, f"\u200b{order['order_id']}\u00a0-"))
        ],
        "identifiers_are_visible",
    ),
    Dirt(
        "shortened_by_a_spreadsheet",
        lambda order: [line_of(with_customer(order, "8.41E+12"))],
        "identifiers_are_whole",
    ),
    Dirt("no_items", changed(items=[], order_total=0), "order_has_items"),
    Dirt(
        "negative_quantity",
        lambda order: recounted(lambda count: -count)(
            order | {"payment": order["payment"] | {"status": "paid"}}
        ),
        "quantities_are_positive",
    ),
    Dirt("zero_quantity", recounted(lambda count: 0), "quantities_are_positive"),
    Dirt("fractional_quantity", item_changed(quantity=1.5), "quantities_are_positive"),
    Dirt("negative_price", negative_price, "unit_prices_are_valid"),
    Dirt("price_as_words", item_changed(unit_price="free"), "unit_prices_are_valid"),
    Dirt(
        "too_many_decimals", item_changed(unit_price=12.34567), "unit_prices_are_valid"
    ),
    Dirt("wrong_total", wrong_total, "order_total_is_sum_of_items"),
    Dirt("total_as_words", changed(order_total="n/a"), "order_total_is_decimal"),
    Dirt("unknown_currency", changed(currency="ZZZ"), "currency_is_known"),
    Dirt(
        "cut_off",
        lambda order: [line_of(order)[: len(line_of(order)) // 2]],
        "row_is_well_formed",
    ),
    Dirt(
        "not_an_object",
        lambda order: [json.dumps(order["order_id"])],
        "row_is_well_formed",
    ),
    Dirt(
        "broken_character",
        changed(sales_channel=f"t{BROKEN_CHARACTER}l{BROKEN_CHARACTER}phone"),
        "text_is_readable",
    ),
    Dirt(
        "conflicting_duplicate",
        twice(lambda order: times(order, order["items"][0]["quantity"] + 7)),
        "conflicting_duplicate",
    ),
    Dirt("exact_duplicate", twice(lambda order: order), loaded=1, duplicates=1),
    Dirt("respelled_duplicate", twice(in_texts), loaded=1, duplicates=1),
    Dirt("numbers_as_texts", lambda order: [line_of(in_texts(order))], loaded=1),
    Dirt(
        "timestamp_in_milliseconds",
        at(lambda moment: int(moment.timestamp()) * 10**3),
        loaded=1,
    ),
    Dirt(
        "timestamp_in_nanoseconds",
        at(lambda moment: int(moment.timestamp()) * 10**9),
        loaded=1,
    ),
    Dirt(
        "timestamp_with_offset",
        at(lambda moment: moment.astimezone(_INDIA).isoformat()),
        loaded=1,
    ),
    Dirt(
        "missing_customer",
        changed(customer=None),
        loaded=1,
        warning="customer_id_is_present",
    ),
    Dirt(
        "unknown_payment_status",
        changed(payment={"method": "wallet", "status": "chargeback"}),
        loaded=1,
        warning="payment_status_is_known",
    ),
    Dirt(
        "missing_product_id",
        item_changed(product_id=None),
        loaded=1,
        warning="products_are_present",
    ),
)
AMENDED: Dirt[Order] = Dirt(
    "amended_next_month", twice(amended), loaded=1, duplicates=1
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
    loaded = amended(order) if dirt is AMENDED else order
    amount, currency = total_of(loaded), order["currency"]
    answers.add(dirt, order["order_id"], amount, len(lines), currency)
    if dirt is AMENDED and next_month is not None:
        next_month.append(lines.pop())
    return "\n".join(lines)
