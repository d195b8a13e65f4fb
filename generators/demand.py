"""How much is bought on a day: a weekly rhythm, a season and growth."""

import math
from datetime import date

_WEEK = (0.90, 0.85, 0.92, 1.00, 1.15, 1.30, 1.05)  # Monday first
_GROWTH_A_YEAR = 0.25
_SEASON = 0.20


def demand(day: date, days_since_start: int) -> float:
    """Return the demand of a day, about 1 on average; it is highest before Christmas."""
    angle = 2 * math.pi * (day.timetuple().tm_yday - 350) / 365
    return (
        _WEEK[day.weekday()]
        * (1 + _GROWTH_A_YEAR * days_since_start / 365)
        * (1 + _SEASON * math.cos(angle))
    )
