"""Writes orders as nested JSON, one file a month, with returning and lost buyers."""

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from tqdm import tqdm

from generators.buyers import Buyers
from generators.catalogue import make_catalogue
from generators.demand import demand
from generators.dirt import Answers
from generators.lines import content_of
from generators.order_dirt import spoil
from generators.order_lines import Chunk, MadeLines, make_lines
from generators.randomness import Flags, uniform

_ORDERS_PER_CHUNK = 100_000


@dataclass(frozen=True)
class OrdersPlan:
    """The orders to make: their average number a day, the first and the last day."""

    orders_per_day: int
    start_date: date
    end_date: date
    seed: int
    dirt: float

    @property
    def days(self) -> list[date]:
        """Every day, in order."""
        count = (self.end_date - self.start_date).days + 1
        return [self.start_date + timedelta(days=number) for number in range(count)]


def write_orders(plan: OrdersPlan, buyers: Buyers, root: Path) -> Answers:
    """Write `orders/orders_YYYY_MM.json` below a root, an order a line.

    With dirt, the answers are also written to `_answers/orders.json`. Memory does not grow with
    the number of orders.
    """
    folder = root / "orders"
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("orders_*.json"):
        stale.unlink()
    answers = Answers("order_ids")
    catalogue = make_catalogue(plan.seed)
    amended: list[str] = []
    with tqdm(total=len(plan.days), unit=" days", disable=None) as progress:
        for month, days in itertools.groupby(plan.days, _month):
            with (folder / f"orders_{month}.json").open("wb") as file:
                file.writelines(f"{line}\n".encode() for line in amended)
                amended.clear()
                for day in days:
                    for chunk in _chunks(plan, day):
                        made = make_lines(chunk, buyers, catalogue)
                        is_dirty = chunk.numbers("dirt") < plan.dirt
                        _count_clean(answers, is_dirty, made)
                        lines = _spoiled(
                            plan, chunk, made.lines, is_dirty, answers, amended
                        )
                        file.write(content_of(lines, has_dirt=plan.dirt > 0))
                    progress.update()
    answers.write(root / "_answers" / "orders.json", has_dirt=plan.dirt > 0)
    return answers


def _month(day: date) -> str:
    return f"{day.year:04}_{day.month:02}"


def _chunks(plan: OrdersPlan, day: date) -> Iterator[Chunk]:
    number = (day - plan.start_date).days
    # A day has its luck, too.
    [luck] = uniform(1, plan.seed, "orders", "luck", day.isoformat())
    count = max(
        1, round(plan.orders_per_day * demand(day, number) * (0.9 + 0.2 * luck))
    )
    for first in range(0, count, _ORDERS_PER_CHUNK):
        size = min(_ORDERS_PER_CHUNK, count - first)
        yield Chunk(plan.seed, day, number, first, size)


def _count_clean(answers: Answers, is_dirty: Flags, made: MadeLines) -> None:
    """Enter the orders without a fault in the answers, by currency."""
    for currency in pc.unique(made.currencies):
        is_counted = ~is_dirty & np.asarray(pc.equal(made.currencies, currency))
        answers.add_clean(
            int(is_counted.sum()),
            int(made.cents[is_counted].sum()),
            currency.as_py(),
        )


def _spoiled(
    plan: OrdersPlan,
    chunk: Chunk,
    lines: pa.StringArray,
    is_dirty: Flags,
    answers: Answers,
    amended: list[str],
) -> pa.StringArray:
    """Spoil some of the orders; those to be delivered once more next month go to `amended`."""
    if not is_dirty.any():
        return lines
    kinds = chunk.numbers("dirt_kind")
    is_last_month = _month(chunk.day) == _month(plan.end_date)
    spoiled = [
        spoil(
            json.loads(lines[place].as_py()),
            float(kinds[place]),
            answers,
            None if is_last_month else amended,
        )
        for place in np.flatnonzero(is_dirty).tolist()
    ]
    return pc.replace_with_mask(
        lines, pa.array(is_dirty), pa.array(spoiled, pa.string())
    )
