"""Sells in the shop: sales are buffered, and written in batches of one date."""

import itertools
import json
import sys
from collections import defaultdict
from dataclasses import dataclass, field

from tqdm import tqdm

from generators.dirt import Answers
from generators.shop_batches import ShopFiles
from generators.shop_clock import Clock
from generators.shop_sales import MadeSale, ShopSales
from salesetl.stopping import Stopped, shielded

SALES_PER_BATCH = 100
SECONDS_PER_BATCH = 60.0


@dataclass
class _Batch:
    """Sales of one date that are not yet written; they are after `due` seconds."""

    due: float
    sales: list[MadeSale] = field(default_factory=list)


class ShopProducer:
    """Makes sales one by one and writes them to `shop/sales/date=DATE/`.

    A sale is acknowledged once its batch is written, by a line that names the file, or, on a
    terminal, by the progress.
    """

    def __init__(
        self, sales: ShopSales, files: ShopFiles, clock: Clock, session: int
    ) -> None:
        self._sales, self._files, self._clock = sales, files, clock
        self._session = session
        self._batch: _Batch | None = None
        self._batches = 0
        self._answers = Answers("order_ids")
        self._cents_by_date: dict[str, int] = defaultdict(int)
        self.sales_written = self.sales_kept = 0

    def run(self, records: int | None, step: float) -> Stopped | None:
        """Make so many sales, or until a signal; each `step` seconds after the one before.

        Whatever ends it, what is buffered is written. Return what has stopped it.
        """
        try:
            with tqdm(total=records, unit=" sales", disable=None) as self._progress:
                self._sell(records, step)
        except Stopped as stopped:
            return stopped
        return None

    def _sell(self, records: int | None, step: float) -> None:
        numbers = itertools.count() if records is None else range(records)
        try:
            for number in numbers:
                self._wait_until(number * step)
                with shielded():
                    self._add(number)
        finally:
            with shielded():
                self._flush()
                self._write_answers()

    def _wait_until(self, seconds: float) -> None:
        """Wait, and meanwhile write what has been buffered for long."""
        while self._batch and self._batch.due <= max(seconds, self._clock.seconds()):
            self._clock.wait_until(self._batch.due)
            with shielded():
                self._flush()
        self._clock.wait_until(seconds)

    def _add(self, number: int) -> None:
        sale = self._sales.make(number, self._clock.now())
        if self._batch and self._batch.sales[0].date != sale.date:
            self._flush()
        if self._batch is None:
            self._batch = _Batch(self._clock.seconds() + SECONDS_PER_BATCH)
        self._batch.sales.append(sale)
        if len(self._batch.sales) == SALES_PER_BATCH:
            self._flush()

    def _flush(self) -> None:
        """Write what is buffered."""
        if self._batch is None:
            return
        sales, self._batch = self._batch.sales, None
        self._batches += 1
        name = f"sales-{self._session:05}-{self._batches:07}.json"
        below = f"shop/sales/date={sales[0].date}/{name}"
        lines = (f"{line}\n" for sale in sales for line in sale.lines)
        if not self._files.write(below, "".join(lines).encode()):
            self.sales_kept += len(sales)
            return
        self.sales_written += len(sales)
        for sale in sales:
            sale.enter(self._answers)
            self._cents_by_date[sale.date] += sale.cents_loaded
        self._progress.update(len(sales))
        if self._progress.disable:
            first, last = sales[0].order_id, sales[-1].order_id
            sys.stdout.write(f"{below}: {len(sales)} sales, {first} to {last}\n")
            sys.stdout.flush()

    def _write_answers(self) -> None:
        """Write what a job must make of the sales that were written."""
        revenue = {
            date: f"{cents // 100}.{cents % 100:02}"
            for date, cents in sorted(self._cents_by_date.items())
        }
        answers = self._answers.as_dict() | {"revenue_by_order_date": revenue}
        content = json.dumps(answers, indent=2) + "\n"
        below = f"_answers/shop-{self._session:05}.json"
        self._files.write(below, content.encode())
