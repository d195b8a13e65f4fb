"""Order lines of retail: orders of a day, and what is delivered of them when.

2 % of the orders are delivered one to five days late. 2 % are delivered once more one to five days
later, with another quantity or without their last line. 0.5 % of the orders name a customer, and
0.5 % of the lines a product, that no snapshot has yet; most of these arrive later, some never.
"""

from dataclasses import dataclass, fields, replace

import numpy as np

from generators.randomness import Flags, Numbers, Places, pick, uniform
from generators.retail_customers import RetailCustomers
from generators.retail_products import RetailProducts
from generators.retail_spans import NEVER

LINE_COUNTS = {1: 42, 2: 28, 3: 16, 4: 9, 5: 5}
QUANTITIES = {1: 58, 2: 22, 3: 10, 4: 6, 5: 4}

_SHARE_LATE = 0.02
_SHARE_CORRECTED = 0.02
_SHARE_FEWER_LINES = 0.4
_SHARE_UNKNOWN = 0.005
_DAYS_LATER = 5
_DAYS_TO_ARRIVE = 10


@dataclass(frozen=True)
class RetailLines:
    """Lines of whole orders, one order after the other; each array has a value a line.

    `day` is the day of the order, `dirt` a number in [0, 1), the same for all lines of an order.
    """

    order: Places
    day: Places
    customer: Places
    product: Places
    quantity: Places
    cents: Places
    dirt: Numbers

    def only(self, are_kept: Flags) -> "RetailLines":
        """Keep some of the lines."""
        kept = {each.name: getattr(self, each.name)[are_kept] for each in fields(self)}
        return RetailLines(**kept)

    @property
    def starts(self) -> Places:
        """Where each order begins."""
        return np.flatnonzero(np.diff(self.order, prepend=-1))

    @property
    def hits(self) -> Places:
        """The line of each order that gets its fault if it has one; not always the first."""
        starts = self.starts
        counts = np.diff(starts, append=len(self.order))
        hits: Places = starts + self.totals[starts] % counts
        return hits

    @property
    def totals(self) -> Places:
        """The total of each line in cents."""
        return self.quantity * self.cents


@dataclass(frozen=True)
class Placed:
    """Orders of a day, and those of them that are corrected later, in their new version.

    Each line has the day on which it is delivered.
    """

    lines: RetailLines
    delivery_day: Places
    corrected: RetailLines
    correction_day: Places


@dataclass(frozen=True)
class Batch:
    """Orders that are made at once: `size` of a day, numbered from `first` on."""

    seed: int
    day: int
    first: int
    size: int

    def of_orders(self, column: str) -> Numbers:
        """Return uniform numbers for a column of the orders."""
        return uniform(self.size, self.seed, "retail", "orders", column, self.first)

    def of_lines(self, column: str, size: int) -> Numbers:
        """Return uniform numbers for a column of their lines, `size` in all."""
        return uniform(size, self.seed, "retail", "lines", column, self.first)

    def are(self, column: str, share: float) -> Flags:
        """Pick a share of the orders."""
        return self.of_orders(column) < share

    def later(self, column: str) -> Places:
        """Return a number of days for each order."""
        days: Places = np.floor(self.of_orders(column) * _DAYS_LATER).astype(np.int64)
        return days + 1


def place_orders(
    batch: Batch, customers: RetailCustomers, products: RetailProducts, days: int
) -> Placed:
    """Make the orders of a batch, and tell when they are delivered within a number of days."""
    counts = np.array(list(LINE_COUNTS))[
        pick(LINE_COUNTS.values(), batch.of_orders("lines"))
    ]
    order = np.repeat(np.arange(batch.size), counts)
    lines = _make_lines(batch, order, customers, products)
    last_day = days - 1
    late_by = batch.later("late_by") * batch.are("is_late", _SHARE_LATE)
    delivery_day = np.minimum(batch.day + late_by, last_day)
    correction_day = np.minimum(delivery_day + batch.later("corrected_by"), last_day)
    # What would be corrected after the last day stays as it is.
    is_corrected = batch.are("is_corrected", _SHARE_CORRECTED)
    is_corrected &= correction_day > delivery_day
    corrected, is_kept = _correct(batch, lines, order, counts)
    is_kept &= is_corrected[order]
    return Placed(
        lines=lines,
        delivery_day=delivery_day[order],
        corrected=corrected.only(is_kept),
        correction_day=correction_day[order][is_kept],
    )


def _make_lines(
    batch: Batch, order: Places, customers: RetailCustomers, products: RetailProducts
) -> RetailLines:
    size, day = len(order), batch.day
    customer = _with_unknown(
        pick(customers.weights * customers.are_there(day), batch.of_orders("customer")),
        customers.arrival_day,
        day,
        batch.of_orders("unknown_customer"),
    )
    product = _with_unknown(
        pick(
            products.weights * products.are_there(day), batch.of_lines("product", size)
        ),
        products.arrival_day,
        day,
        batch.of_lines("unknown_product", size),
    )
    return RetailLines(
        order=batch.first + order,
        day=np.full(size, day),
        customer=customer[order],
        product=product,
        quantity=1 + pick(QUANTITIES.values(), batch.of_lines("quantity", size)),
        cents=products.cents(day)[product],
        dirt=batch.of_orders("dirt")[order],
    )


def _with_unknown(
    known: Places, arrival_day: Places, day: int, numbers: Numbers
) -> Places:
    """Replace some of those who are known by some who are not yet, or never."""
    soon = (arrival_day > day) & (arrival_day <= day + _DAYS_TO_ARRIVE)
    absent = np.flatnonzero(soon | (arrival_day == NEVER))
    places = np.floor(numbers / _SHARE_UNKNOWN * len(absent)).astype(np.int64)
    is_unknown = places < len(absent)
    return np.where(is_unknown, absent[places * is_unknown], known)


def _correct(
    batch: Batch, lines: RetailLines, order: Places, counts: Places
) -> tuple[RetailLines, Flags]:
    """Return the lines of all orders as they are corrected, and which of them remain."""
    last = np.cumsum(counts) - 1
    has_fewer = batch.are("has_fewer_lines", _SHARE_FEWER_LINES) & (counts > 1)
    is_kept = np.full(len(order), True)
    is_kept[last[has_fewer]] = False
    quantity = lines.quantity.copy()
    changed = last[~has_fewer]
    quantity[changed] = quantity[changed] % len(QUANTITIES) + 1
    dirt = batch.of_orders("dirt_of_correction")[order]
    return replace(lines, quantity=quantity, dirt=dirt), is_kept
