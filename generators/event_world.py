"""Who visits the shop of the events, and what it sells."""

from dataclasses import dataclass
from random import Random
from typing import Any

from generators.personal import faker_of

# By country: weight of its customers, tax in percent, shipping in cents.
COUNTRIES = {
    "US": (30, 8, 599),
    "GB": (14, 20, 499),
    "DE": (14, 19, 490),
    "FR": (10, 20, 490),
    "CA": (8, 13, 799),
    "AU": (7, 10, 999),
    "IN": (7, 18, 299),
    "ES": (5, 21, 490),
    "JP": (5, 10, 899),
}
CURRENCY = "USD"
FREE_SHIPPING_FROM = 10_000

# By category: lowest and highest price in cents, and kinds of products.
_CATEGORIES = {
    "Electronics": (1_999, 89_900, ("Headphones", "Speaker", "Tablet", "Camera")),
    "Clothing": (999, 14_900, ("Shirt", "Jacket", "Jeans", "Dress")),
    "Home": (799, 39_900, ("Lamp", "Chair", "Rug", "Kettle")),
    "Beauty": (499, 7_900, ("Cream", "Perfume", "Shampoo", "Brush")),
    "Sports": (899, 24_900, ("Shoes", "Ball", "Racket", "Mat")),
}
_STYLES = ("Classic", "Urban", "Nordic", "Solar", "Prime", "Daily", "Alpine")
_PRODUCTS = 10  # of each category


@dataclass(frozen=True)
class Product:
    """A product with its usual price in cents; the price of a week is near it."""

    product_id: str
    name: str
    category: str
    cents: int

    def cents_in(self, week: int) -> int:
        """Return the price of a week: up to a tenth below or above the usual one."""
        change = Random(f"price/{self.product_id}/{week}").random() * 0.2 - 0.1
        return max(1, round(self.cents * (1 + change)))


def make_products(seed: int) -> list[Product]:
    """Make the products: 101, 102, … of the first category, 201, 202, … of the second."""
    random = Random(f"{seed}/events/products")
    products = []
    for hundred, (category, about) in enumerate(_CATEGORIES.items(), start=1):
        lowest, highest, kinds = about
        for number in range(1, _PRODUCTS + 1):
            # Low prices are more frequent than high ones.
            cents = round(lowest + random.random() ** 2 * (highest - lowest))
            style = _STYLES[int(random.random() * len(_STYLES))]
            name = f"{style} {kinds[number % len(kinds)]}"
            products.append(Product(f"{100 * hundred + number}", name, category, cents))
    return products


def make_event_customers(count: int, seed: int) -> list[dict[str, Any]]:
    """Make customers with the fields that an event has of its customer."""
    random, faker = Random(f"{seed}/events/customers"), faker_of(seed, "events")
    weights = {country: each[0] for country, each in COUNTRIES.items()}
    customers = []
    for number in range(1, count + 1):
        name = faker.name()
        address = name.lower().replace(".", "").replace(" ", ".")
        customers.append(
            {
                "customer_id": f"C{number:05}",
                "name": name,
                "email": f"{address}.{number}@example.com",
                "country": chosen(weights, random.random()),
            }
        )
    return customers


def chosen(weights: dict[Any, int], luck: float) -> Any:
    """Choose one of the values of `weights` by a random number from 0 to 1."""
    left = luck * sum(weights.values())
    for value, weight in weights.items():
        left -= weight
        if left < 0:
            return value
    return value
