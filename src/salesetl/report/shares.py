"""Names, moments and shares as texts."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

_LEAST = Decimal("0.001")


def words(name: str) -> str:
    """Write the name of a column, rule or job as words."""
    return name.replace("_", " ")


def moment(text: str) -> str:
    """Write a time of a run report to the minute; empty if it has none."""
    return f"{text[:10]} {text[11:16]} UTC" if text else ""


def percent(share: Decimal, digits: int = 1) -> str:
    """Write a share of one, such as 12.3 %."""
    step = Decimal(1).scaleb(-digits)
    return f"{(share * 100).quantize(step, ROUND_HALF_UP):,} %"


def growth_text(change: Decimal, digits: int = 1) -> str:
    """Write growth with its sign, such as +3.4 %."""
    return ("−" if change < 0 else "+") + percent(abs(change), digits)


def share_text(share: Decimal) -> str:
    """Write a share that is not negative; a small one is not written as nothing."""
    return "< 0.1 %" if 0 < share < _LEAST else percent(share)
