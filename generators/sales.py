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
from generators.lines import content_of, take
from generators.randomness import Numbers, Places, pick, uniform
from generators.sale_dirt import Sale, spoil

HEADER = (
    "transaction_id,date,customer_id,product,quantity,unit_price,region,total_amount\n"
)
PRODUCTS = {  # name: price in cents, weight
    "Laptop": (129900, 4),
    "Smartphone": (79900, 7),
    "Monitor": (24950, 8),
    "Headphones": (14999, 14),
    "Keyboard": (8990, 16),
    "Backpack": (5995, 15),
    "Desk Lamp": (3449, 16),
    "Water Bottle": (1825, 20),
}
REGIONS = {"North": 32, "South": 26, "East": 22, "West": 20}
QUANTITIES = {
    1: 52,
    2: 24,
    3: 12,
    4: 6,
    5: 4,
    -1: 1.6,
    -2: 0.4,
}  # negative: goods come back

_ROWS_PER_CHUNK = 200_000
_ROWS_PER_FILE = 5_000_000


@dataclass(frozen=True)
class SalesPlan:
    """What is to be made: `rows` sales over the `days` days that end with `end_date`."""

    rows: int
    days: int
    end_date: date
    seed: int
    dirt: float


@dataclass(frozen=True)
class _Chunk:
    """Columns of some consecutive sales, as places in the lists of their possible values."""

    first_row: int
    day: Places
    customer: Places
    product: Places
    quantity: Places
    region: Places


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
) -> Iterator[_Chunk]:
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
        yield _Chunk(
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
    chunk: _Chunk, plan: SalesPlan, customers: Customers, answers: Answers
) -> bytes:
    prices = [price for price, _ in PRODUCTS.values()]
    quantities = list(QUANTITIES)
    totals = np.array(
        [[price * quantity for quantity in quantities] for price in prices]
    )
    first_day = customers.first_day
    days = [(first_day + timedelta(days=day)).isoformat() for day in range(plan.days)]
    numbers = pa.array(
        np.arange(chunk.first_row + 1, chunk.first_row + 1 + len(chunk.day))
    )
    columns = [
        pc.binary_join_element_wise(
            "TXN", pc.utf8_lpad(numbers.cast(pa.string()), 6, "0"), ""
        ),
        take(days, chunk.day),
        take(customers.ids, chunk.customer),
        take(list(PRODUCTS), chunk.product),
        take([str(quantity) for quantity in quantities], chunk.quantity),
        take([_amount(price) for price in prices], chunk.product),
        take(list(REGIONS), chunk.region),
        take(
            [_amount(int(cents)) for cents in totals.ravel()],
            chunk.product * len(quantities) + chunk.quantity,
        ),
    ]
    lines = pc.binary_join_element_wise(*columns, ",")
    cents = totals[chunk.product, chunk.quantity]
    is_dirty = (
        uniform(len(cents), plan.seed, "sales", "dirt", chunk.first_row) < plan.dirt
    )
    answers.add_clean(int((~is_dirty).sum()), int(cents[~is_dirty].sum()))
    if is_dirty.any():
        kinds = uniform(len(cents), plan.seed, "sales", "dirt_kind", chunk.first_row)
        signed_up_later = customers.known_by(plan.days)
        spoiled = [
            spoil(
                Sale(*(column[place].as_py() for column in columns)),
                float(kinds[place]),
                next(iter(customers.ids[signed_up_later[chunk.day[place]] :]), None),
                answers,
            )
            for place in np.flatnonzero(is_dirty).tolist()
        ]
        lines = pc.replace_with_mask(
            lines, pa.array(is_dirty), pa.array(spoiled, pa.string())
        )
    return content_of(lines, has_dirt=bool(is_dirty.any()))


def _amount(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"
