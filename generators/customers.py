"""Customers who sign up over time, some of them within the days that are generated."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from generators.randomness import Places, pick, uniform

AGE_GROUPS = {"18-25": 18, "26-35": 30, "36-45": 24, "46-55": 16, "56+": 12}
TIERS = {"Bronze": 45, "Silver": 30, "Gold": 18, "Platinum": 7}

_SHARE_SIGNED_UP_BEFORE = 0.8
_DAYS_BEFORE = 730


@dataclass(frozen=True)
class Customers:
    """Customers in the order in which they signed up; `signup_day` counts from the first day."""

    ids: list[str]
    age_groups: Places
    tiers: Places
    signup_day: Places
    first_day: date

    def known_by(self, days: int) -> Places:
        """Count the customers who have signed up by the end of each of the first days."""
        return np.searchsorted(self.signup_day, np.arange(days), side="right").astype(
            np.int64
        )

    def write(self, path: Path) -> None:
        """Write an object a line."""
        ages, tiers = list(AGE_GROUPS), list(TIERS)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="\n") as file:
            for place, customer_id in enumerate(self.ids):
                signup = self.first_day + timedelta(days=int(self.signup_day[place]))
                customer = {
                    "customer_id": customer_id,
                    "age_group": ages[self.age_groups[place]],
                    "membership_tier": tiers[self.tiers[place]],
                    "signup_date": signup.isoformat(),
                }
                file.write(json.dumps(customer) + "\n")


def make_customers(count: int, days: int, end_date: date, seed: int) -> Customers:
    """Make customers for the `days` days that end with `end_date`."""
    numbers = uniform(count, seed, "customers", "signup_date")
    before = np.floor(numbers / _SHARE_SIGNED_UP_BEFORE * _DAYS_BEFORE) - _DAYS_BEFORE
    share = (numbers - _SHARE_SIGNED_UP_BEFORE) / (1 - _SHARE_SIGNED_UP_BEFORE)
    signup_day = np.where(
        numbers < _SHARE_SIGNED_UP_BEFORE, before, np.floor(share * days)
    )
    signup_day = np.sort(signup_day.astype(np.int64))
    signup_day[0] = min(
        signup_day[0], -1
    )  # somebody must be there to buy on the first day
    width = max(4, len(str(count)))
    return Customers(
        ids=[f"CUST{number:0{width}}" for number in range(1, count + 1)],
        age_groups=pick(
            AGE_GROUPS.values(), uniform(count, seed, "customers", "age_group")
        ),
        tiers=pick(
            TIERS.values(), uniform(count, seed, "customers", "membership_tier")
        ),
        signup_day=signup_day,
        first_day=end_date - timedelta(days=days - 1),
    )
