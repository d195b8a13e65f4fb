"""Products of retail, as their snapshot of each day has them.

A twentieth of them arrive over time; the price of 20 % changes by up to a fifth, and half of these
go back to the old one; 4 % are withdrawn, and half of these come back. The stock is another every
day. Some more never arrive: orders name them, but no snapshot.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from generators.lines import take
from generators.randomness import Flags, Numbers, Places, pick, uniform
from generators.retail_spans import NEVER, Spans, make_spans

COLUMNS = ("product_id", "product_name", "category", "price", "stock_quantity")
CATEGORIES = {  # name: lowest and highest price in cents, weight, goods
    "Electronics": (
        (4_900, 100_000, 24),
        ("Headphones", "Monitor", "Keyboard", "Camera", "Speaker", "Tablet"),
    ),
    "Books": (
        (1_000, 6_000, 20),
        ("Novel", "Atlas", "Cookbook", "Biography", "Dictionary", "Guide"),
    ),
    "Clothing": (
        (1_000, 20_000, 22),
        ("Jacket", "Shirt", "Jeans", "Dress", "Sweater", "Coat"),
    ),
    "Home & Kitchen": (
        (1_000, 50_000, 20),
        ("Lamp", "Kettle", "Pan", "Blanket", "Chair", "Mixer"),
    ),
    "Sports": (
        (1_000, 40_000, 14),
        ("Bicycle Helmet", "Racket", "Tent", "Dumbbell", "Backpack", "Ball"),
    ),
}
LOWEST_PRICE, HIGHEST_PRICE = 1_000, 100_000
MOST_STOCK = 1000

_KINDS = ("Classic", "Compact", "Deluxe", "Everyday", "Light", "Modern", "Pro", "Small")
_SHARE_THERE_AT_FIRST = 0.95
# Each: the share for which it happens, and the share of these for which it ends.
_REPRICED = (0.2, 0.5)
_WITHDRAWN = (0.04, 0.5)


@dataclass(frozen=True)
class RetailProducts:
    """Products by the day of their arrival; `weights` says how often each of them is bought."""

    ids: pa.StringArray
    arrival_day: Places
    weights: Numbers
    _names: pa.StringArray
    _categories: pa.StringArray
    _cents: tuple[Places, Places]
    _stock: Places
    _repriced: Spans
    _withdrawn: Spans
    _seed: int

    def are_there(self, day: int) -> Flags:
        """Tell which of them the snapshot of a day has."""
        return (self.arrival_day <= day) & ~self._withdrawn.hold(day)

    def cents(self, day: int) -> Places:
        """Return the prices of a day."""
        old, new = self._cents
        return np.where(self._repriced.hold(day), new, old)

    def snapshot(self, day: int) -> list[pa.StringArray]:
        """Return the columns of the snapshot of a day."""
        numbers = uniform(len(self.ids), self._seed, "retail", "stock", day)
        moved = np.floor(numbers * 41).astype(np.int64) - 20
        stock = np.clip(self._stock + moved, 0, MOST_STOCK)
        columns = [
            self.ids,
            self._names,
            self._categories,
            amounts(self.cents(day)),
            pa.array(stock).cast(pa.string()),
        ]
        are_there = pa.array(self.are_there(day))
        return [column.filter(are_there) for column in columns]


def amounts(cents: Places) -> pa.StringArray:
    """Write amounts that are not negative with two decimals."""
    return pa.array([f"{each // 100}.{each % 100:02}" for each in cents.tolist()])


def make_retail_products(count: int, days: int, seed: int) -> RetailProducts:
    """Make `count` products, and one in a hundred more that never arrive."""
    size = count + 1 + count // 100

    def numbers(column: str) -> Numbers:
        return uniform(size, seed, "retail", "products", column)

    late = (numbers("arrival") - _SHARE_THERE_AT_FIRST) / (1 - _SHARE_THERE_AT_FIRST)
    arrival_day = np.where(late < 0, -1, np.floor(late * days)).astype(np.int64)
    # Something must be there to buy on every day.
    arrival_day[0] = -1
    arrival_day[count:] = NEVER
    withdrawn = make_spans(arrival_day, days, _WITHDRAWN, seed, "product_withdrawn")
    withdrawn.begin[0] = NEVER
    ranges = np.array([prices for prices, _ in CATEGORIES.values()])
    category = pick(ranges[:, 2], numbers("category"))
    lowest, highest = ranges[category, 0], ranges[category, 1]
    old = lowest + np.floor(numbers("price") ** 2 * (highest - lowest + 1)).astype(
        np.int64
    )
    percent = 80 + np.floor(numbers("other_price") * 41).astype(np.int64)
    new = np.clip(old * percent // 100, LOWEST_PRICE, HIGHEST_PRICE)
    width = max(4, len(str(size)))
    return RetailProducts(
        ids=pa.array([f"PROD{number:0{width}}" for number in range(1, size + 1)]),
        arrival_day=arrival_day,
        weights=1 / np.sqrt(numbers("weight") + 0.02),
        _names=pa.array(_names(category)),
        _categories=take(list(CATEGORIES), category),
        _cents=(old, new),
        _stock=np.floor(numbers("stock") * (MOST_STOCK + 1)).astype(np.int64),
        _repriced=make_spans(arrival_day, days, _REPRICED, seed, "product_repriced"),
        _withdrawn=withdrawn,
        _seed=seed,
    )


def _names(category: Places) -> list[str]:
    """Name products of their categories, each in its own way."""
    goods = [goods for _, goods in CATEGORIES.values()]
    made: Counter[int] = Counter()
    names = []
    for each in category.tolist():
        round_, place = divmod(made[each], len(goods[each]))
        series, kind = divmod(round_, len(_KINDS))
        name = f"{_KINDS[kind]} {goods[each][place]}"
        names.append(f"{name} {series + 1}" if series else name)
        made[each] += 1
    return names
