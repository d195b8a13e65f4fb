"""Buyers of orders: they arrive over time, come back for a while, and most leave."""

import json
from dataclasses import dataclass

import numpy as np

from generators.randomness import Numbers, Places, pick, uniform

COUNTRIES = {  # name: currency, weight
    "US": ("USD", 40),
    "CA": ("CAD", 10),
    "UK": ("GBP", 16),
    "DE": ("EUR", 14),
    "FR": ("EUR", 10),
    "IN": ("INR", 10),
}
SEGMENTS = {"consumer": 70, "corporate": 18, "small_business": 12}

_RATES = {1: 60, 2: 25, 5: 15}  # orders of one relative to those of others, weight
_SHARE_ARRIVED_BEFORE = 0.4
_DAYS_BEFORE = 180
_SHARE_LOYAL = 0.12
_MEAN_DAYS_OF_OTHERS = 75
_FOREVER = 10**6


@dataclass(frozen=True)
class Buyers:
    """Buyers in the order of their arrival, with `objects`, what orders say of each in JSON.

    One buys from `arrival_day` on and before `departure_day`, which count from the first day, and
    `rates` times as often as the least active.
    """

    objects: list[str]
    countries: Places
    rates: Places
    arrival_day: Places
    departure_day: Places

    def pick(self, day: int, numbers: Numbers) -> Places:
        """Turn uniform numbers into buyers of a day."""
        is_active = (self.arrival_day <= day) & (day < self.departure_day)
        return pick(self.rates * is_active, numbers)


def make_buyers(count: int, days: int, seed: int) -> Buyers:
    """Make buyers who arrive over a number of days, some before the first day."""

    def numbers(column: str) -> Numbers:
        return uniform(count, seed, "buyers", column)

    shares = np.sort(numbers("arrival_day")) - _SHARE_ARRIVED_BEFORE
    scale = np.where(
        shares < 0,
        _DAYS_BEFORE / _SHARE_ARRIVED_BEFORE,
        days / (1 - _SHARE_ARRIVED_BEFORE),
    )
    arrival_day = np.floor(shares * scale).astype(np.int64)
    stay = np.ceil(-np.log(1 - numbers("stay")) * _MEAN_DAYS_OF_OTHERS) + 1
    is_loyal = numbers("is_loyal") < _SHARE_LOYAL
    stay = np.where(is_loyal, _FOREVER, stay).astype(np.int64)
    # Somebody must be there to buy on every day.
    arrival_day[0], stay[0] = min(arrival_day[0], -1), _FOREVER
    countries = pick([weight for _, weight in COUNTRIES.values()], numbers("country"))
    segments = pick(SEGMENTS.values(), numbers("segment"))
    return Buyers(
        objects=_objects(countries, segments),
        countries=countries,
        rates=np.array(list(_RATES))[pick(_RATES.values(), numbers("rate"))],
        arrival_day=arrival_day,
        departure_day=arrival_day + stay,
    )


def _objects(countries: Places, segments: Places) -> list[str]:
    country_names, segment_names = list(COUNTRIES), list(SEGMENTS)
    width = max(4, len(str(len(countries))))
    return [
        json.dumps(
            {
                "customer_id": f"CUST{number:0{width}}",
                "country": country_names[country],
                "segment": segment_names[segment],
            }
        )
        for number, (country, segment) in enumerate(zip(countries, segments), start=1)
    ]
