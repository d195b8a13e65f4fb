"""Sales of the shop, one after the other."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import numpy as np

from generators.dirt import Answers, Dirt
from generators.order_edits import line_of
from generators.randomness import Places, pick, uniform
from generators.shop_catalogue import FIRST_PRODUCT, FIRST_USER, USERS
from generators.shop_dirt import SHOP_DIRT, ShopSale

PAYMENT_TYPES = {
    "UPI": 45,
    "Credit Card": 20,
    "Debit Card": 18,
    "Net Banking": 9,
    "Wallet": 8,
}
QUANTITIES = {1: 60, 2: 22, 3: 10, 4: 5, 5: 3}

_BLOCK = 1000


@dataclass(frozen=True)
class MadeSale:
    """A sale as lines of text; more than one, or broken ones, if it has a fault."""

    order_id: str
    date: str
    cents: int
    lines: list[str]
    dirt: Dirt[ShopSale] | None

    @property
    def cents_loaded(self) -> int:
        """What it adds to the revenue."""
        return self.cents if self.dirt is None or self.dirt.loaded else 0

    def enter(self, answers: Answers) -> None:
        """Enter it in the answers."""
        if self.dirt is None:
            answers.add_clean(1, self.cents)
        else:
            amount = Decimal(self.cents).scaleb(-2)
            answers.add(self.dirt, self.order_id, amount, len(self.lines))


class ShopSales:
    """Makes the sales of a producer; what is sold depends on the seed and on both numbers alone."""

    def __init__(self, seed: int, session: int, prices: Places, dirt: float) -> None:
        self._seed, self._session = seed, session
        self._prices, self._dirt = prices, dirt
        self._block = -1
        self._columns: dict[str, list[int]] = {}
        self._luck: list[float] = []

    def make(self, number: int, moment: datetime) -> MadeSale:
        """Make the sale with a number, which counts from 0, at a moment in UTC."""
        block, place = divmod(number, _BLOCK)
        if block != self._block:
            self._begin(block)
        found = {name: values[place] for name, values in self._columns.items()}
        cents, quantity = int(self._prices[found["product"]]), found["quantity"] + 1
        time = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        sale: ShopSale = {
            "order_id": f"SHOP-{self._session:05}-{number + 1:08}",
            "user_id": FIRST_USER + found["user"],
            "product_id": FIRST_PRODUCT + found["product"],
            "quantity": quantity,
            "unit_price": cents / 100,
            "total_amount": cents * quantity / 100,
            "payment_type": list(PAYMENT_TYPES)[found["payment_type"]],
            "order_time": time,
        }
        dirt = self._fault(self._luck[place])
        lines = dirt.lines(sale) if dirt else [line_of(sale)]
        return MadeSale(sale["order_id"], time[:10], cents * quantity, lines, dirt)

    def _begin(self, block: int) -> None:
        """Make the columns of some sales at once, which is much quicker."""
        weights = {
            # Some buy more often, and some products are bought more often, than others.
            "user": 1 / np.arange(5, USERS + 5),
            "product": 1 / np.arange(5, len(self._prices) + 5),
            "quantity": np.array(list(QUANTITIES.values())),
            "payment_type": np.array(list(PAYMENT_TYPES.values())),
        }
        of = (self._seed, "shop", self._session, block)
        self._columns = {
            name: pick(column, uniform(_BLOCK, *of, name)).tolist()
            for name, column in weights.items()
        }
        self._luck = uniform(_BLOCK, *of, "dirt").tolist()
        self._block = block

    def _fault(self, number: float) -> Dirt[ShopSale] | None:
        if number >= self._dirt:
            return None
        # Below the share, the number is as good as any other to pick a kind. A division may round
        # up.
        place = int(number / self._dirt * len(SHOP_DIRT))
        return SHOP_DIRT[min(place, len(SHOP_DIRT) - 1)]
