"""Makes the orders of a day as lines of JSON, column by column."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.buyers import COUNTRIES, Buyers
from generators.catalogue import QUANTITIES, Catalogue
from generators.lines import take
from generators.randomness import Numbers, Places, pick, uniform

CHANNELS = {"online": 55, "mobile_app": 25, "store": 20}
METHODS = {"credit_card": 45, "debit_card": 25, "paypal": 18, "wallet": 12}
STATUSES = {"paid": 90, "refunded": 4, "cancelled": 3.5, "pending": 2.5}
ITEM_COUNTS = {1: 50, 2: 26, 3: 14, 4: 7, 6: 3}

_HOURS = (
    *(1, 1, 1, 1, 1, 2, 3, 5, 7, 9, 10, 11),
    *(12, 11, 10, 10, 11, 13, 15, 16, 14, 9, 6, 3),
)
_ODD = 2_654_435_761  # times this, no two numbers below 2^32 end in the same 32 bits


@dataclass(frozen=True)
class Chunk:
    """Some orders of a day, which is `day_number` days after the first.

    `first` is the number of the first of them within the day, `size` how many they are.
    """

    seed: int
    day: date
    day_number: int
    first: int
    size: int

    def numbers(self, column: str, size: int | None = None) -> Numbers:
        """Return uniform numbers for a column of orders, or of their items, `size` in all."""
        chunk = (self.day.isoformat(), self.first)
        if size is None:
            return uniform(self.size, self.seed, "orders", column, *chunk)
        return uniform(size, self.seed, "order_items", column, *chunk)


@dataclass(frozen=True)
class MadeLines:
    """The lines of orders, their totals in cents, and the currencies of these."""

    lines: pa.StringArray
    cents: Places
    currencies: pa.StringArray


def make_lines(chunk: Chunk, buyers: Buyers, catalogue: Catalogue) -> MadeLines:
    """Make the orders of a chunk."""
    buyer = buyers.pick(chunk.day_number, chunk.numbers("customer_id"))
    channel = pick(CHANNELS.values(), chunk.numbers("sales_channel"))
    method = pick(METHODS.values(), chunk.numbers("payment_method"))
    status = pick(STATUSES.values(), chunk.numbers("payment_status"))
    items, cents = _items(chunk, catalogue)
    names = [currency for currency, _ in COUNTRIES.values()]
    currencies = take(names, buyers.countries[buyer])
    parts = (
        '{"order_id": "',
        _order_ids(chunk),
        '", "order_timestamp": "',
        _timestamps(chunk),
        '", "customer": ',
        take(buyers.objects, buyer),
        ', "sales_channel": "',
        take(list(CHANNELS), channel),
        '", "payment": {"method": "',
        take(list(METHODS), method),
        '", "status": "',
        take(list(STATUSES), status),
        '"}, "items": [',
        items,
        '], "order_total": ',
        pa.array([repr(total / 100) for total in cents.tolist()]),
        ', "currency": "',
        currencies,
        '"}',
    )
    lines = pc.binary_join_element_wise(*parts, "")
    return MadeLines(lines, cents, currencies)


def _items(chunk: Chunk, catalogue: Catalogue) -> tuple[pa.StringArray, Places]:
    """Return the items of each order, and what they cost in cents."""
    counts = np.array(list(ITEM_COUNTS))[
        pick(ITEM_COUNTS.values(), chunk.numbers("item_count"))
    ]
    ends = np.cumsum(counts)
    product = pick(catalogue.weights, chunk.numbers("product_id", int(ends[-1])))
    quantity = pick(QUANTITIES.values(), chunk.numbers("quantity", int(ends[-1])))
    item = product * len(QUANTITIES) + quantity
    offsets = pa.array(np.append(0, ends), pa.int32())
    lists = pa.ListArray.from_arrays(offsets, take(catalogue.items, item))
    cents = np.add.reduceat(catalogue.cents[item], ends - counts)
    return pc.binary_join(lists, ", "), cents


def _order_ids(chunk: Chunk) -> pa.StringArray:
    day = chunk.day.isoformat()
    [shift] = uniform(1, chunk.seed, "orders", "order_id", day) * 2**32
    numbers = (np.arange(chunk.first, chunk.first + chunk.size) + int(shift)) * _ODD
    prefix = f"ORD-{day.replace('-', '')}"
    return pa.array([f"{prefix}-{number:08x}" for number in numbers % 2**32])


def _timestamps(chunk: Chunk) -> pa.StringArray:
    hours = pick(_HOURS, chunk.numbers("hour"))
    seconds = np.sort(hours * 3600 + np.floor(chunk.numbers("second") * 3600))
    moments = np.datetime64(chunk.day, "s") + seconds.astype("timedelta64[s]")
    return pa.array(np.datetime_as_string(moments, unit="s", timezone="UTC"))
