"""Faults of events as in real streams, each with its expected outcome."""

from collections.abc import Callable

from generators.dirt import Dirt
from generators.event_visits import Event
from generators.order_edits import line_of


def _changed(**fields: object) -> Callable[[Event], list[str]]:
    return lambda event: [line_of(event | fields)]


def _other_order(**fields: object) -> Callable[[Event], list[str]]:
    return lambda event: [line_of(event | {"order": event["order"] | fields})]


def _wrong_total(event: Event) -> list[str]:
    return _other_order(total_amount=event["order"]["total_amount"] + 1)(event)


def _none_of_the_first(event: Event) -> list[str]:
    order = event["order"]
    first, *others = order["items"]
    worth = first["product"]["price"] * first["quantity"]
    return _other_order(
        items=[first | {"quantity": 0}, *others],
        subtotal=round(order["subtotal"] - worth, 2),
        total_amount=round(order["total_amount"] - worth, 2),
    )(event)


# Of any event.
EVENT_DIRT: tuple[Dirt[Event], ...] = (
    Dirt("missing_event_id", _changed(event_id=None), "event_id_is_present"),
    Dirt("missing_event_type", _changed(event_type=None), "event_type_is_present"),
    Dirt(
        "impossible_time",
        _changed(event_timestamp="2025-13-45T10:00:00Z"),
        "event_timestamp_is_valid",
    ),
    Dirt(
        "cut_off",
        lambda event: [line_of(event)[: len(line_of(event)) // 2]],
        "row_is_well_formed",
    ),
    Dirt("sent_twice", lambda event: [line_of(event)] * 2, loaded=1, duplicates=1),
    Dirt("customer_is_a_text", _changed(customer="C1"), "values_have_their_kind"),
)
# Of an event of an order.
ORDER_DIRT: tuple[Dirt[Event], ...] = (
    Dirt("missing_order_id", _other_order(order_id=None), "order_is_present"),
    Dirt("wrong_total", _wrong_total, "order_total_is_sum_of_parts"),
    Dirt("zero_quantity", _none_of_the_first, "quantities_are_positive"),
    Dirt("unknown_currency", _other_order(currency="ZZZ"), "currency_is_known"),
)
