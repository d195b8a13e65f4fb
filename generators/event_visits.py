"""Makes the visits of a shop. An event has the customer, prices and order as of its moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from generators.event_plan import CHANNELS, DEVICES, HOUR, VIEWS, Funnel
from generators.event_world import (
    COUNTRIES,
    CURRENCY,
    FREE_SHIPPING_FROM,
    Product,
    chosen,
    make_event_customers,
    make_products,
)

Event = dict[str, Any]

LONGEST_LIFE = timedelta(days=4)
"""From the beginning of a visit to the last event of its order."""

# Each hour has its own group of customers, so that nobody begins a visit during an earlier one.
_GROUPS = 5
_LONGEST_PAUSE = 300


@dataclass(frozen=True)
class EventWorld:
    """The shop: its opening, customers, products, and the funnel of its visits."""

    opened_at: datetime
    seed: int
    customers: list[dict[str, Any]]
    products: list[Product]
    funnel: Funnel

    @classmethod
    def of(
        cls, opened_at: datetime, seed: int, customers: int, funnel: Funnel
    ) -> EventWorld:
        """Make customers and products."""
        members = make_event_customers(customers, seed)
        return cls(opened_at, seed, members, make_products(seed), funnel)

    def events_between(self, start: datetime, end: datetime) -> Iterator[Event]:
        """Yield the events from a moment until before another, visit by visit.

        The same moments give the same events, so a run needs no memory of earlier runs.
        """
        earliest = max(start - LONGEST_LIFE, self.opened_at)
        hour = _full_hour(earliest)
        while hour < end:
            for events in self.visits_in(hour):
                for event in events:
                    if start <= moment_of(event) < end:
                        yield event
            hour += HOUR

    def visits_in(self, hour: datetime) -> Iterator[list[Event]]:
        """Yield the events of each visit that begins in an hour."""
        random = Random(f"{self.seed}/events/{hour:%Y%m%dT%H}")
        fewest, most = visits_by_hour(hour.hour)
        group = int(hour.timestamp() // 3600) % _GROUPS
        members = self.customers[group::_GROUPS]
        visits = min(fewest + int(random.random() * (most - fewest + 1)), len(members))
        for number in range(visits):
            # No customer visits twice in an hour.
            place = number + int(random.random() * (len(members) - number))
            members[number], members[place] = members[place], members[number]
            begin = hour + timedelta(milliseconds=int(random.random() * 3_600_000))
            yield list(_Visit(self, random, members[number], begin).events())


def visits_by_hour(hour: int) -> tuple[int, int]:
    """Return the fewest and the most visits that begin in an hour of the day."""
    if 9 <= hour <= 13 or 18 <= hour <= 22:
        return 12, 20
    return (2, 5) if 1 <= hour <= 6 else (6, 12)


def moment_of(event: Event) -> datetime:
    """Return when an event happened."""
    return datetime.fromisoformat(event["event_timestamp"])


def hour_of(event: Event) -> datetime:
    """Return the full hour in which an event happened."""
    return _full_hour(moment_of(event))


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


class _Visit:
    """One visit, from its first view on."""

    def __init__(
        self,
        world: EventWorld,
        random: Random,
        customer: dict[str, Any],
        begin: datetime,
    ) -> None:
        self._world, self._random, self._customer = world, random, customer
        self._now = begin
        self._week = begin.toordinal() // 7
        self._id = f"S{begin:%Y%m%d%H%M%S}{customer['customer_id']}"
        self._events = 0
        self._session = {
            "channel": chosen(CHANNELS, random.random()),
            "device": chosen(DEVICES, random.random()),
        }

    def events(self) -> Iterator[Event]:
        """Yield what happens, in order."""
        lines: dict[str, dict[str, Any]] = {}
        for _ in range(chosen(VIEWS, self._random.random())):
            products = self._world.products
            product = products[int(self._random.random() * len(products))]
            snapshot = self._product(product)
            yield self._event("product_view", product=snapshot)
            if self._is_lucky(self._world.funnel.cart):
                quantity = 1 + int(self._random.random() ** 3 * 3)
                known = lines.setdefault(
                    product.product_id, {"product": snapshot, "quantity": 0}
                )
                known["quantity"] += quantity
                yield self._event("cart_add", cart=_cart(lines))
        if not lines:
            return
        if not self._is_lucky(self._world.funnel.checkout):
            yield self._event("cart_abandon", cart=_cart(lines))
            return
        yield self._event("checkout_start", cart=_cart(lines))
        if not self._is_lucky(self._world.funnel.order):
            yield self._event("cart_abandon", cart=_cart(lines))
            return
        yield from self._order(lines)

    def _order(self, lines: dict[str, dict[str, Any]]) -> Iterator[Event]:
        order = _order_of(f"O{self._id[1:]}", lines, self._customer["country"])
        yield self._event("order_create", order=order | {"status": "created"})
        if not self._is_lucky(self._world.funnel.paid):
            self._now += timedelta(hours=1 + 47 * self._random.random())
            yield self._event("order_cancelled", order=order | {"status": "cancelled"})
            return
        yield self._event("order_paid", order=order | {"status": "paid"})
        if self._is_lucky(self._world.funnel.fulfilled):
            self._now += timedelta(hours=2 + 70 * self._random.random())
            yield self._event("order_fulfilled", order=order | {"status": "fulfilled"})

    def _event(self, event_type: str, **about: Any) -> Event:
        self._events += 1
        if self._events > 1:
            pause = 5 + self._random.random() * (_LONGEST_PAUSE - 5)
            self._now += timedelta(milliseconds=int(pause * 1000))
        return {
            "event_id": f"E{self._id[1:]}-{self._events:02}",
            "event_type": event_type,
            "session_id": self._id,
            "event_timestamp": f"{self._now.isoformat(timespec='milliseconds')[:23]}Z",
            "customer": self._customer,
            "session": self._session,
            **about,
        }

    def _product(self, product: Product) -> dict[str, Any]:
        return {
            "product_id": product.product_id,
            "name": product.name,
            "category": product.category,
            "price": product.cents_in(self._week) / 100,
        }

    def _is_lucky(self, share: float) -> bool:
        return self._random.random() < share


def _cart(lines: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "items": [dict(line) for line in lines.values()],
        "subtotal": _cents(lines) / 100,
        "currency": CURRENCY,
    }


def _order_of(
    order_id: str, lines: dict[str, dict[str, Any]], country: str
) -> dict[str, Any]:
    _, tax_percent, shipping = COUNTRIES[country]
    subtotal = _cents(lines)
    shipping = 0 if subtotal >= FREE_SHIPPING_FROM else shipping
    # Half a cent is rounded up.
    tax = (subtotal * tax_percent + 50) // 100
    return {
        "order_id": order_id,
        "items": [dict(line) for line in lines.values()],
        "subtotal": subtotal / 100,
        "tax": tax / 100,
        "shipping": shipping / 100,
        "total_amount": (subtotal + tax + shipping) / 100,
        "currency": CURRENCY,
    }


def _cents(lines: dict[str, dict[str, Any]]) -> int:
    return sum(
        round(line["product"]["price"] * 100) * line["quantity"]
        for line in lines.values()
    )
