"""Users and products of the shop, each a JSON object in a file of its own."""

import json
from dataclasses import dataclass

import numpy as np

from generators.personal import faker_of
from generators.randomness import Places, pick, uniform

CITIES = {
    "Mumbai": 20,
    "Delhi": 18,
    "Bengaluru": 16,
    "Hyderabad": 12,
    "Chennai": 10,
    "Kolkata": 9,
    "Pune": 8,
    "Ahmedabad": 7,
}
GOODS = {
    "Electronics": ("Smartphone", "Television", "Headphones", "Camera", "Speaker"),
    "Accessories": ("Phone Case", "Charger", "Cable", "Power Bank", "Laptop Sleeve"),
    "Computing": ("Keyboard", "Mouse", "Monitor", "Router", "Hard Disk"),
    "Gadgets": ("Smart Watch", "Fitness Band", "Drone", "E-Reader", "Smart Lamp"),
}
FIRST_USER, USERS = 1000, 100
FIRST_PRODUCT, PRODUCTS = 200, 50
LOWEST_PRICE, HIGHEST_PRICE, PRICE_STEP = 50_000, 500_000, 50


@dataclass(frozen=True)
class ShopCatalogue:
    """Files by their path below the shop's folder, and the prices of the products in paise."""

    files: dict[str, bytes]
    cents: Places


def make_shop_catalogue(seed: int) -> ShopCatalogue:
    """Make the users and the products."""
    steps = (HIGHEST_PRICE - LOWEST_PRICE) // PRICE_STEP + 1
    numbers = uniform(PRODUCTS, seed, "shop", "products", "price") ** 2
    cents = LOWEST_PRICE + PRICE_STEP * np.floor(numbers * steps).astype(np.int64)
    return ShopCatalogue(_users(seed) | _products(cents.tolist()), cents)


def _users(seed: int) -> dict[str, bytes]:
    faker = faker_of(seed, "shop/users", "en_IN")
    places = pick(CITIES.values(), uniform(USERS, seed, "shop", "users", "city"))
    cities = [list(CITIES)[place] for place in places.tolist()]
    return {
        f"users/city={city}/{user_id}.json": _content(
            user_id=user_id,
            name=faker.name(),
            phone_number=faker.numerify(f"+91{faker.random_element('6789')}#########"),
            city=city,
        )
        for user_id, city in enumerate(cities, start=FIRST_USER)
    }


def _products(cents: list[int]) -> dict[str, bytes]:
    categories = list(GOODS)
    files = {}
    for place, price in enumerate(cents):
        category = categories[place % len(categories)]
        goods = GOODS[category]
        series, good = divmod(place // len(categories), len(goods))
        product_id = FIRST_PRODUCT + place
        files[f"products/category={category}/{product_id}.json"] = _content(
            product_id=product_id,
            product_name=f"{goods[good]} {'ABC'[series]}1",
            category=category,
            current_price=price / 100,
        )
    return files


def _content(**fields: str | int | float) -> bytes:
    return (json.dumps(fields, ensure_ascii=False) + "\n").encode()
