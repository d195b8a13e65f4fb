"""The files of retail that have the new and the corrected orders of a day."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.dirt import Answers
from generators.lines import take
from generators.randomness import Flags, Places
from generators.retail_customers import RetailCustomers
from generators.retail_dirt import (
    MISSING_CUSTOMER,
    MISSING_PRODUCT,
    ORDER_DIRT,
    are_loaded,
    kinds_of,
)
from generators.retail_lines import Batch, RetailLines, place_orders
from generators.retail_plan import RetailPlan
from generators.retail_products import RetailProducts, amounts
from generators.retail_rows import ORDER_COLUMNS, order_rows
from generators.retail_truth import NOBODY, RetailTruth


class OrderFile:
    """Makes a file a day, and keeps what is to be delivered later."""

    def __init__(
        self,
        plan: RetailPlan,
        customers: RetailCustomers,
        products: RetailProducts,
        truth: RetailTruth,
    ) -> None:
        self.answers = Answers("orders")
        self._plan, self._truth, self._dates = plan, truth, plan.dates()
        self._customers, self._products = customers, products
        # By the day of delivery: orders, and their versions that these replace.
        self._late: dict[int, list[RetailLines]] = defaultdict(list)
        self._corrected: dict[int, list[RetailLines]] = defaultdict(list)
        self._replaced: dict[int, list[RetailLines]] = defaultdict(list)

    def contents(self, day: int, batches: Sequence[Batch]) -> Iterator[bytes]:
        """Return the parts of the file of a day, and enter its lines in the answers."""
        yield f"{','.join(ORDER_COLUMNS)}\n".encode()
        for late in self._late.pop(day, []):
            yield self._delivered(day, late)
        replaced = self._replaced.pop(day, [])
        for corrected, old in zip(self._corrected.pop(day, []), replaced):
            yield self._delivered(day, corrected)
            self._replace(corrected, old)
        for batch in batches:
            yield self._delivered(day, self._placed(batch))

    def _placed(self, batch: Batch) -> RetailLines:
        """Place orders; return those that are delivered at once, and keep the others."""
        placed = place_orders(batch, self._customers, self._products, self._plan.days)
        lines, corrected = placed.lines, placed.corrected
        for day in np.unique(placed.correction_day).tolist():
            due = corrected.only(placed.correction_day == day)
            self._corrected[day].append(due)
            self._replaced[day].append(lines.only(np.isin(lines.order, due.order)))
        is_late = placed.delivery_day > batch.day
        for day in np.unique(placed.delivery_day[is_late]).tolist():
            self._late[day].append(lines.only(placed.delivery_day == day))
        self._truth.late_orders += len(np.unique(lines.order[is_late]))
        self._truth.corrected_orders += len(np.unique(corrected.order))
        return lines.only(~is_late)

    def _delivered(self, day: int, lines: RetailLines) -> bytes:
        """Return orders as lines of text, and count those that are sound."""
        self._truth.add(self._named(lines).only(self._are_sound(lines)))
        return order_rows(
            self._columns(lines),
            self._faults(lines),
            lines,
            self._dates[day],
            self.answers,
        )

    def _replace(self, new: RetailLines, old: RetailLines) -> None:
        """Count no longer what a sound version has replaced."""
        is_replaced = np.isin(old.order, new.order[self._are_sound(new)])
        is_replaced &= self._are_sound(old)
        self._truth.add(self._named(old).only(is_replaced), sign=-1)

    def _are_sound(self, lines: RetailLines) -> Flags:
        return are_loaded(self._faults(lines), ORDER_DIRT)

    def _faults(self, lines: RetailLines) -> Places:
        return kinds_of(lines.dirt, self._plan.dirt, ORDER_DIRT)

    def _named(self, lines: RetailLines) -> RetailLines:
        """Return lines as they name customers and products, without the ids that a fault takes."""
        is_hit = np.full(len(lines.order), False)
        is_hit[lines.hits] = True
        no_customer, no_product = (
            is_hit & (self._faults(lines) == ORDER_DIRT.index(kind))
            for kind in (MISSING_CUSTOMER, MISSING_PRODUCT)
        )
        return replace(
            lines,
            customer=np.where(no_customer, NOBODY, lines.customer),
            product=np.where(no_product, NOBODY, lines.product),
        )

    def _columns(self, lines: RetailLines) -> list[pa.StringArray]:
        numbers = pa.array(lines.order + 1).cast(pa.string())
        return [
            pc.binary_join_element_wise("ORD", pc.utf8_lpad(numbers, 6, "0"), ""),
            self._customers.ids.take(pa.array(lines.customer)),
            self._products.ids.take(pa.array(lines.product)),
            take(self._dates, lines.day),
            pa.array(lines.quantity).cast(pa.string()),
            amounts(lines.cents),
            amounts(lines.totals),
        ]
