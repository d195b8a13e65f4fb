"""Pauses between tries to send events that were refused."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random


@dataclass(frozen=True)
class Retries:
    """How often a line is sent, and how long to pause before each try but the first.

    Pauses double, up to the longest. A random part of up to a half is taken off, so that several
    senders do not come back at the same moment. `seconds_left` is the time that the sender has;
    what comes after a pause needs `seconds_to_end` of it.
    """

    random: Random = field(default_factory=Random)
    sleep: Callable[[float], None] = time.sleep
    seconds_left: Callable[[], float] = lambda: math.inf
    tries: int = 8
    first_pause: float = 0.1
    longest_pause: float = 5.0
    seconds_to_end: float = 60.0

    def pauses(self) -> Iterator[None]:
        """Pause before every try after the first; end when no try or no time is left."""
        yield
        for number in range(self.tries - 1):
            pause = min(self.first_pause * 2**number, self.longest_pause)
            pause *= 1 - self.random.random() / 2
            if self.seconds_left() < pause + self.seconds_to_end:
                return
            self.sleep(pause)
            yield
