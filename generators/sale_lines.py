"""Makes the texts of sales, column by column."""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.customers import Customers
from generators.lines import take
from generators.randomness import Places

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


@dataclass(frozen=True)
class Chunk:
    """Columns of some consecutive sales, as places in the lists of their possible values."""

    first_row: int
    day: Places
    customer: Places
    product: Places
    quantity: Places
    region: Places


def make_columns(chunk: Chunk, customers: Customers, days: int) -> list[pa.StringArray]:
    """Return the texts of each column of the file, in the order of its header."""
    first_day = customers.first_day
    dates = [(first_day + timedelta(days=day)).isoformat() for day in range(days)]
    numbers = pa.array(
        np.arange(chunk.first_row + 1, chunk.first_row + 1 + len(chunk.day))
    )
    return [
        pc.binary_join_element_wise(
            "TXN", pc.utf8_lpad(numbers.cast(pa.string()), 6, "0"), ""
        ),
        take(dates, chunk.day),
        take(customers.ids, chunk.customer),
        take(list(PRODUCTS), chunk.product),
        take([str(quantity) for quantity in QUANTITIES], chunk.quantity),
        take([_amount(price) for price, _ in PRODUCTS.values()], chunk.product),
        take(list(REGIONS), chunk.region),
        take(
            [_amount(int(cents)) for cents in totals_in_cents().ravel()],
            chunk.product * len(QUANTITIES) + chunk.quantity,
        ),
    ]


def totals_in_cents() -> Places:
    """Return what a sale comes to in cents, for each product and each quantity."""
    prices = [price for price, _ in PRODUCTS.values()]
    return np.array([[price * quantity for quantity in QUANTITIES] for price in prices])


def _amount(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02}"
