"""The time of sales: as it passes, or step by step from a given moment."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Counts seconds from its start."""

    def seconds(self) -> float:
        """Return the seconds that have passed."""

    def wait_until(self, seconds: float) -> None:
        """Return when so many seconds have passed, at once if they have."""

    def now(self) -> datetime:
        """Return the moment in UTC."""


class LiveClock:
    """The time as it passes."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def seconds(self) -> float:
        """Return the seconds that have passed."""
        return time.monotonic() - self._start

    def wait_until(self, seconds: float) -> None:
        """Sleep, if it is not that late."""
        if (left := seconds - self.seconds()) > 0:
            time.sleep(left)

    def now(self) -> datetime:
        """Return the moment."""
        return datetime.now(UTC)


class SteppedClock:
    """A time that passes only by waiting, so that a day takes no longer than its work."""

    def __init__(self, start: datetime) -> None:
        self._start, self._seconds = start, 0.0

    def seconds(self) -> float:
        """Return the seconds that have passed."""
        return self._seconds

    def wait_until(self, seconds: float) -> None:
        """Move on."""
        self._seconds = max(self._seconds, seconds)

    def now(self) -> datetime:
        """Return the moment."""
        return self._start + timedelta(seconds=self._seconds)
