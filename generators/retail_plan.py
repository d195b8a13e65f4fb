"""What retail data to make."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from generators.demand import demand
from generators.retail_lines import Batch

_ORDERS_PER_BATCH = 100_000


@dataclass(frozen=True)
class RetailPlan:
    """What to make: customers, products and orders in all, and the days of the deliveries."""

    customers: int
    products: int
    orders: int
    days: int
    start_date: date
    seed: int
    dirt: float

    def dates(self) -> list[str]:
        """Return every day, in order."""
        return [day.isoformat() for day in self._days()]

    def batches(self) -> Iterator[list[Batch]]:
        """Divide the orders of each day into batches; orders are numbered through the days."""
        demands = [demand(day, number) for number, day in enumerate(self._days())]
        weights = np.cumsum(demands)
        ends = np.round(weights / weights[-1] * self.orders).astype(np.int64).tolist()
        for day, (start, end) in enumerate(zip([0, *ends], ends)):
            yield [
                Batch(self.seed, day, first, min(_ORDERS_PER_BATCH, end - first))
                for first in range(start, end, _ORDERS_PER_BATCH)
            ]

    def _days(self) -> list[date]:
        return [self.start_date + timedelta(days=day) for day in range(self.days)]
