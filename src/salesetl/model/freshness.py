"""How late rows may arrive."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Freshness:
    """How many hours after the newest arrival to warn, and when it is an error."""

    warn_after_hours: int
    error_after_hours: int
