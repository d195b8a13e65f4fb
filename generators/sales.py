"""Sales with a weekly rhythm, a season and growth, by customers who have signed up."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from tqdm import tqdm

from generators.customers import Customers
from generators.demand import demand
from generators.dirt import Answers
from generators.lines import content_of
from generators.randomness import Numbers, pick, uniform
from generators.sale_dirt import Sale, spoil
from generators.sale_lines import (
    HEADER,
    PRODUCTS,
    QUANTITIES,
    REGIONS,
    Chunk,
    make_columns,
    totals_in_cents,
)

_ROWS_PER_CHUNK = 200_000
_ROWS_PER_FILE = 5_000_000


@dataclass(frozen=True)
class SalesPlan:
    """The sales to make: `rows` sales over the `days` days that end with `end_date`."""

    rows: int
    days: int
    end_date: date
    seed: int
    dirt: float


def write_sales(plan: SalesPlan, customers: Customers, root: Path) -> Answers:
    """Write `sales/sales_data.csv` below a root, several files for large numbers.

    With dirt, the answers are also written to `_answers/sales.json`. Memory does not grow with
    the number of rows.
    """
    folder = root / "sales"
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("sales_data*.csv"):
        stale.unlink()
    answers = Answers("transaction_ids")
    files = math.ceil(plan.rows / _ROWS_PER_FILE)
    with tqdm(total=plan.rows, unit=" rows", unit_scale=True, disable=None) as progress:
        for number in range(files):
            name = "sales_data.csv" if files == 1 else f"sales_data-{number + 1:05}.csv"
            first = number * _ROWS_PER_FILE
            with (folder / name).open("wb") as file:
                file.write(HEADER.encode())
                for chunk in _chunks(
                    plan, customers, first, min(first + _ROWS_PER_FILE, plan.rows)
                ):
                    file.write(_lines(chunk, plan, customers, answers))
                    progress.update(len(chunk.day))
    answers.write(root / "_answers" / "sales.json", has_dirt=plan.dirt > 0)
    return answers


def _chunks(
    plan: SalesPlan, customers: Customers, first: int, last: int
) -> Iterator[Chunk]:
    day_shares = np.cumsum(_day_weights(plan))
    day_shares /= day_shares[-1]
    known = customers.known_by(plan.days)
    for start in range(first, last, _ROWS_PER_CHUNK):
        size = min(_ROWS_PER_CHUNK, last - start)
        numbers = {
            column: uniform(size, plan.seed, "sales", column, start)
            for column in ("customer_id", "product", "quantity", "region")
        }
        # Sales are numbered through the days, so the n-th of them falls on the day by when that
        # share of all sales is made.
        day = np.searchsorted(
            day_shares, (np.arange(start, start + size) + 0.5) / plan.rows
        )
        yield Chunk(
            first_row=start,
            day=day,
            # Older customers buy more often.
            customer=np.floor(numbers["customer_id"] ** 1.5 * known[day]).astype(
                np.int64
            ),
            product=pick(
                [weight for _, weight in PRODUCTS.values()], numbers["product"]
            ),
            quantity=pick(QUANTITIES.values(), numbers["quantity"]),
            region=pick(REGIONS.values(), numbers["region"]),
        )


def _day_weights(plan: SalesPlan) -> Numbers:
    days = [
        plan.end_date - timedelta(days=back) for back in range(plan.days - 1, -1, -1)
    ]
    return np.array([demand(day, number) for number, day in enumerate(days)])


def _lines(
    chunk: Chunk, plan: SalesPlan, customers: Customers, answers: Answers
) -> bytes:
    totals = totals_in_cents()
    columns = make_columns(chunk, customers, plan.days)
    lines = pc.binary_join_element_wise(*columns, ",")
    cents = totals[chunk.product, chunk.quantity]
    is_dirty = (
        uniform(len(cents), plan.seed, "sales", "dirt", chunk.first_row) < plan.dirt
    )
    answers.add_clean(int((~is_dirty).sum()), int(cents[~is_dirty].sum()))
    if is_dirty.any():
        places = np.flatnonzero(is_dirty).tolist()
        spoiled = _spoiled(chunk, plan, customers, columns, places, answers)
        lines = pc.replace_with_mask(
            lines, pa.array(is_dirty), pa.array(spoiled, pa.string())
        )
    return content_of(lines, has_dirt=bool(is_dirty.any()))


def _spoiled(
    chunk: Chunk,
    plan: SalesPlan,
    customers: Customers,
    columns: list[pa.StringArray],
    places: list[int],
    answers: Answers,
) -> list[str]:
    """Return the sales at some places with a fault each, entered in the answers."""
    kinds = uniform(len(chunk.day), plan.seed, "sales", "dirt_kind", chunk.first_row)
    signed_up_later = customers.known_by(plan.days)
    return [
        spoil(
            Sale(*(column[place].as_py() for column in columns)),
            float(kinds[place]),
            next(iter(customers.ids[signed_up_later[chunk.day[place]] :]), None),
            answers,
        )
        for place in places
    ]
