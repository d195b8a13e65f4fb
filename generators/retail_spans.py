"""Days on which something holds for a customer or a product: an absence, a name, a price."""

from dataclasses import dataclass

import numpy as np

from generators.randomness import Flags, Numbers, Places, uniform

NEVER = 10**9


@dataclass(frozen=True)
class Spans:
    """For each customer or product the days from `begin` on and before `end`."""

    begin: Places
    end: Places

    def hold(self, day: int) -> Flags:
        """Tell for which of them a day lies in the span."""
        return (self.begin <= day) & (day < self.end)


def make_spans(
    arrival_day: Places, days: int, chances: tuple[float, float], seed: int, what: str
) -> Spans:
    """Let something begin for some after the day of their arrival, and end for some of these.

    `chances` are the share for which it begins, and the share of those for which it ends.
    """
    size = len(arrival_day)
    begins, ends = chances
    is_hit = uniform(size, seed, "retail", what, "is_hit") < begins
    earliest = np.maximum(arrival_day, 0) + 1
    begin = _between(
        earliest, days, is_hit, uniform(size, seed, "retail", what, "begin")
    )
    is_over = uniform(size, seed, "retail", what, "is_over") < ends
    end = _between(begin + 1, days, is_over, uniform(size, seed, "retail", what, "end"))
    return Spans(begin, end)


def _between(first: Places, days: int, is_hit: Flags, numbers: Numbers) -> Places:
    """Pick a day from `first` on and before `days`; NEVER if it is not hit or there is none."""
    room = np.maximum(days - first, 0)
    picked = first + np.floor(numbers * room).astype(np.int64)
    return np.where(is_hit & (room > 0), picked, NEVER)
