"""Products of orders, each with its category and its price."""

import json
from dataclasses import dataclass

import numpy as np

from generators.randomness import Places, uniform

CATEGORIES = (
    {  # name: lowest and highest price, in steps, in hundredths of a cent; weight
        "electronics": (490_000, 14_990_000, 10_000, 14),
        "home": (50_000, 2_500_000, 5_000, 20),
        "clothing": (80_000, 1_600_000, 1_000, 26),
        "beauty": (30_000, 800_000, 900, 18),
        "sports": (60_000, 4_000_000, 5_000, 12),
        "stationery": (
            250,
            20_000,
            25,
            10,
        ),  # sold by the piece, at fractions of a cent
    }
)
QUANTITIES = {1: 62, 2: 20, 3: 9, 4: 5, 10: 3, 25: 1}

_PRODUCTS = 12  # of each category


@dataclass(frozen=True)
class Catalogue:
    """Every product in every quantity: `items` in JSON, and `cents`, what each of them costs.

    `weights` says how often each product is bought. A price is the same number in every currency:
    orders carry no rate of exchange.
    """

    items: list[str]
    cents: Places
    weights: list[float]


def make_catalogue(seed: int) -> Catalogue:
    """Make the products; in every category low prices are more frequent than high prices."""
    items: list[str] = []
    cents: list[int] = []
    weights: list[float] = []
    for category, (lowest, highest, step, weight) in CATEGORIES.items():
        shares = uniform(_PRODUCTS, seed, "catalogue", "price", category) ** 2
        steps = np.floor(shares * ((highest - lowest) // step)).astype(np.int64)
        for price in (lowest + steps * step).tolist():
            weights.append(weight)
            product = {
                "product_id": f"PROD{len(weights):03}",
                "category": category,
            }
            for quantity in QUANTITIES:
                bought = {"quantity": quantity, "unit_price": price / 10_000}
                items.append(json.dumps(product | bought))
                # Half a cent is rounded up.
                cents.append((price * quantity + 50) // 100)
    return Catalogue(items, np.array(cents), weights)
