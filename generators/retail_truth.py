"""What a correct warehouse has after all deliveries of retail."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from generators.randomness import Flags, Places
from generators.retail_lines import RetailLines

NOBODY = -1
"""Stands for the customer or the product of a line that names none; the last one is never known."""


@dataclass
class RetailTruth:
    """Amounts and lines by the last sound version of each order, and who is known by then.

    `known_customers` and `known_products` tell who has had a sound row in a snapshot so far.
    """

    dates: list[str]
    known_customers: Flags
    known_products: Flags
    cents_by_day: Places = field(init=False)
    orders: int = 0
    order_lines: int = 0
    lines_without_customer_id: int = 0
    lines_without_product_id: int = 0
    late_orders: int = 0
    corrected_orders: int = 0
    _doubtful: list[tuple[Places, Places, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin with no revenue on any day."""
        self.cents_by_day = np.zeros(len(self.dates), dtype=np.int64)

    def add(self, lines: RetailLines, sign: int = 1) -> None:
        """Count sound lines, or, with a sign of -1, those that a correction has replaced."""
        np.add.at(self.cents_by_day, lines.day, sign * lines.totals)
        self.orders += sign * len(np.unique(lines.order))
        self.order_lines += sign * len(lines.order)
        self.lines_without_customer_id += sign * int((lines.customer == NOBODY).sum())
        self.lines_without_product_id += sign * int((lines.product == NOBODY).sum())
        # Only those can be orphans in the end that are by now.
        is_known = self.known_customers[lines.customer]
        is_known &= self.known_products[lines.product]
        orphans = lines.only(~is_known)
        self._doubtful.append((orphans.customer, orphans.product, sign))

    def orphan_lines(self) -> dict[str, int]:
        """Count the lines whose customer, whose product, or either, no snapshot has had.

        Those that name none are among them.
        """
        counts = {"customer": 0, "product": 0, "either": 0}
        for customer, product, sign in self._doubtful:
            no_customer = ~self.known_customers[customer]
            no_product = ~self.known_products[product]
            counts["customer"] += sign * int(no_customer.sum())
            counts["product"] += sign * int(no_product.sum())
            counts["either"] += sign * int((no_customer | no_product).sum())
        return counts

    def as_dict(self) -> dict[str, Any]:
        """Return the truth as the answers have it."""
        revenue = {
            day: f"{cents // 100}.{cents % 100:02}"
            for day, cents in zip(self.dates, self.cents_by_day.tolist())
        }
        return {
            "revenue_by_order_date": revenue,
            "orders": self.orders,
            "order_lines": self.order_lines,
            "orphan_lines": self.orphan_lines(),
            "lines_without_customer_id": self.lines_without_customer_id,
            "lines_without_product_id": self.lines_without_product_id,
            "customers": int(self.known_customers.sum()),
            "products": int(self.known_products.sum()),
            "late_orders": self.late_orders,
            "corrected_orders": self.corrected_orders,
        }
