"""Settings of generated events: their time, the funnel of visits, and the faults of the stream."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

CHANNELS = {
    "Direct": 25,
    "Google": 30,
    "Email": 15,
    "Facebook": 12,
    "Instagram": 10,
    "TikTok": 8,
}
DEVICES = {"mobile": 61, "desktop": 38, "tablet": 1}
VIEWS = {1: 25, 2: 25, 3: 20, 4: 15, 5: 10, 6: 5}
"""How many products a visit looks at, by weight."""

HOUR = timedelta(hours=1)
SENT_LATE_BY = timedelta(days=5)
"""The longest time that a late event, or one that is sent again, takes to arrive."""


@dataclass(frozen=True)
class Funnel:
    """The share of each step that goes on to the next step.

    `cart` is of views; `checkout` of carts, `order` of checkouts, `paid` of orders, `fulfilled` of
    paid orders. A cart that does not become an order is abandoned, one that is not paid cancelled.
    """

    cart: float = 0.08
    checkout: float = 0.70
    order: float = 0.85
    paid: float = 0.92
    fulfilled: float = 0.80

    @property
    def cart_of_visit(self) -> float:
        """The share of visits with a product in the cart.

        Each view has the same chance, so a visit with more views is more likely to have one.
        """
        visits = sum(VIEWS.values())
        missed = sum(
            weight * (1 - self.cart) ** views for views, weight in VIEWS.items()
        )
        return 1 - missed / visits

    @property
    def conversion(self) -> float:
        """The share of visits that end in an order that is paid."""
        return self.cart_of_visit * self.checkout * self.order * self.paid


@dataclass(frozen=True)
class Faults:
    """The shares of events that arrive late, arrive twice, and have a time in the future."""

    late: float = 0.0
    duplicates: float = 0.0
    future: float = 0.0


@dataclass(frozen=True, kw_only=True)
class EventPlan:
    """What to generate: the hours, the shop, and the shares of faults. Each hour has a file."""

    start_at: datetime
    hours: int
    seed: int
    customers: int = 2000
    funnel: Funnel = field(default_factory=Funnel)
    faults: Faults = field(default_factory=Faults)
    dirt: float = 0.0

    @property
    def end_at(self) -> datetime:
        """The end of the last hour."""
        return self.start_at + self.hours * HOUR
