"""What the versions of products must be, told in plain Python, delivery after delivery."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

# The price of each product that a delivery has.
Snapshot = Mapping[str, int]


@dataclass
class Delivery:
    """A delivery: its accepted products, and the rejected ones; None is one of no known id."""

    products: Snapshot
    rejected: frozenset[str | None] = frozenset()


@dataclass
class Version:
    """A price of a product, valid from a day until before another."""

    product: str
    price: int
    valid_from: date
    valid_to: date | None = None
    is_deleted: bool = False


@dataclass
class History:
    """The versions of all products so far."""

    versions: list[Version] = field(default_factory=list)

    def last(self, product: str) -> Version | None:
        """Return the last version of a product."""
        own = [each for each in self.versions if each.product == product]
        return own[-1] if own else None

    def add(self, day: date, delivery: Delivery) -> None:
        """Look at the delivery of a day, which is later than all before."""
        for product, price in delivery.products.items():
            before = self.last(product)
            if before and before.valid_to is None:
                if before.price == price:
                    continue
                before.valid_to = day
            self.versions.append(Version(product, price, day))
        for product in {each.product for each in self.versions}:
            own = self.last(product)
            may_be_there = product in delivery.rejected or None in delivery.rejected
            is_missing = product not in delivery.products and not may_be_there
            if own and own.valid_to is None and is_missing:
                own.valid_to, own.is_deleted = day, True

    def price_on(self, product: str, day: date) -> int | None:
        """Return the price that an order of a day finds; None for a product that nobody knows."""
        own = [each for each in self.versions if each.product == product]
        started = [each for each in own if each.valid_from <= day]
        found = started[-1:] or own[:1]
        return found[0].price if found else None


def history_of(deliveries: Mapping[date, Delivery]) -> History:
    """Return the versions after all deliveries, whose days may come in any order.

    A day of which no product was accepted is no delivery.
    """
    history = History()
    for day in sorted(deliveries):
        if deliveries[day].products:
            history.add(day, deliveries[day])
    return history
