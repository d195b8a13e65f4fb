"""The files of retail that have all customers, or all products, of a day."""

from typing import Protocol

import numpy as np
import pyarrow as pa

from generators.dirt import Answers, Dirt
from generators.randomness import Flags, uniform
from generators.retail_dirt import Row, are_loaded, kinds_of
from generators.retail_plan import RetailPlan
from generators.retail_rows import snapshot_rows


class _Members(Protocol):
    """Customers or products."""

    @property
    def ids(self) -> pa.StringArray:
        """Their ids."""

    def are_there(self, day: int) -> Flags:
        """Tell which of them the snapshot of a day has."""

    def snapshot(self, day: int) -> list[pa.StringArray]:
        """Return the columns of the snapshot of a day."""


class SnapshotFile:
    """Makes a file a day. `known` tells who has had a sound row so far."""

    def __init__(
        self,
        plan: RetailPlan,
        members: _Members,
        columns: tuple[str, ...],
        kinds: tuple[Dirt[Row], ...],
    ) -> None:
        self.answers = Answers("rows")
        self.known = np.full(len(members.ids), False)
        self._plan, self._members = plan, members
        self._columns, self._kinds = columns, kinds

    def content(self, day: int, delivered: str) -> bytes:
        """Return the file of a day, and enter its rows in the answers."""
        [there] = np.nonzero(self._members.are_there(day))
        plan, [key, *_] = self._plan, self._columns
        # A row has its luck by whose it is, not by where it stands.
        luck = uniform(len(self.known), plan.seed, "retail", "dirt", key, day)[there]
        places = kinds_of(luck, plan.dirt, self._kinds)
        self.known[there[are_loaded(places, self._kinds)]] = True
        columns = self._members.snapshot(day)
        rows = snapshot_rows(
            columns, self._columns, places, self._kinds, delivered, self.answers
        )
        return f"{','.join(self._columns)}\n".encode() + rows
